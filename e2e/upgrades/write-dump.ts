import { mkdirSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import { sqliteStorage } from '@portico/storage-sqlite'

import { dumpOf } from './dump.ts'
import { openGateway, routeUrl } from './gateway.ts'

// Writes what a gateway of this release keeps, and the tokens that its clients hold, for the tests of later releases:
//
//   node --conditions=@portico/source e2e/upgrades/write-dump.ts 0.1

const [release] = process.argv.slice(2)
if (release === undefined || !/^[\w.-]+$/.test(release)) {
  throw new Error('Name the release: node --conditions=@portico/source e2e/upgrades/write-dump.ts <release>')
}

const writtenAt = Date.UTC(2026, 0, 1) / 1000
const database = new DatabaseSync(':memory:')
const now = (): number => writtenAt
const { client, origin } = openGateway(sqliteStorage(database, { now }), now)
const connection = await client.connect(routeUrl)
await connection.refresh()
const verified = await origin?.server.verifyAccessToken(connection.tokens.accessToken, routeUrl)
await origin?.connections?.saveApiKey('search', verified?.subject ?? '', 'key-of-ada')

const directory = new URL(`fixtures/${release}/`, import.meta.url)
const { sqlite, postgres, redis } = dumpOf(database)
const held = {
  writtenAt,
  subject: verified?.subject,
  client: connection.client,
  server: connection.server,
  tokens: connection.tokens,
}
mkdirSync(directory, { recursive: true })
writeFileSync(new URL('sqlite.sql', directory), sqlite)
writeFileSync(new URL('postgres.sql', directory), postgres)
writeFileSync(new URL('redis.json', directory), `${JSON.stringify(redis, null, 2)}\n`)
writeFileSync(new URL('held.json', directory), `${JSON.stringify(held, null, 2)}\n`)
