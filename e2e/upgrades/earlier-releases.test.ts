import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import type { Storage } from '@portico/storage'
import { migratePostgres, postgresStorage } from '@portico/storage-postgres'
import { redisStorage } from '@portico/storage-redis'
import { sqliteStorage } from '@portico/storage-sqlite'
import type { ClientIdentity, ServerEndpoints, Tokens } from '@portico/test-peers'
import { Pool } from 'pg'
import { createClient } from 'redis'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createPostgresSchema } from '../postgres-schema.ts'
import { openGateway, routeUrl } from './gateway.ts'

const postgresUrl = process.env['PORTICO_TEST_POSTGRES_URL']
const redisUrl = process.env['PORTICO_TEST_REDIS_URL']

/** What a client and a user held when the dump was written. */
interface Held {
  readonly writtenAt: number
  readonly subject: string
  readonly client: ClientIdentity
  readonly server: ServerEndpoints
  readonly tokens: Tokens
}

const fixtures = new URL('fixtures/', import.meta.url)
const read = (release: string, name: string): string =>
  readFileSync(new URL(`${release}/${name}`, fixtures), 'utf8')

type Restore = (release: string, now: () => number) => Promise<Storage> | Storage

const restoreSqlite: Restore = (release, now) => {
  const database = new DatabaseSync(':memory:')
  onTestFinished(() => database.close())
  database.exec(read(release, 'sqlite.sql'))
  return sqliteStorage(database, { now })
}

const restorePostgres: Restore = async (release, now) => {
  const schema = await createPostgresSchema(postgresUrl)
  const pool = new Pool({ connectionString: postgresUrl, max: 2, options: `-c search_path=${schema.name}` })
  onTestFinished(async () => {
    await pool.end()
    await schema.drop()
  })
  await pool.query(read(release, 'postgres.sql'))
  await migratePostgres(pool)
  return postgresStorage(pool, { now })
}

const restoreRedis: Restore = async (release, now) => {
  // A prefix of its own in place of the one that gateways use, on a server that other tests use too.
  const prefix = `{upgrade-${randomUUID()}}:`
  const client = createClient({ url: redisUrl ?? '' })
  await client.connect()
  const commands = JSON.parse(read(release, 'redis.json').replaceAll('{portico}:', prefix)) as string[][]
  for (const command of commands) await client.sendCommand(command)
  onTestFinished(async () => {
    // A scan of a server with other keys has empty pages too.
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*` }))
      if (keys.length > 0) await client.del(keys)
    client.destroy()
  })
  return redisStorage(client, { now, prefix })
}

const storages = [
  { name: 'SQLite', isPresent: true, restore: restoreSqlite },
  { name: 'PostgreSQL', isPresent: postgresUrl !== undefined, restore: restorePostgres },
  { name: 'Redis', isPresent: redisUrl !== undefined, restore: restoreRedis },
]

for (const release of readdirSync(fixtures)) {
  for (const { name, isPresent, restore } of storages) {
    describe.skipIf(!isPresent)(`records in ${name} that release ${release} has written`, () => {
      it('are served by this one: nobody signs in or connects again', async () => {
        const held = JSON.parse(read(release, 'held.json')) as Held
        const now = () => held.writtenAt + 60
        const { client, origin } = openGateway(await restore(release, now), now)

        await expect(origin?.server.ready()).resolves.toBeUndefined()
        const call = (accessToken: string) => client.mcp.call(routeUrl, 'tools/list', {}, { accessToken })
        expect((await call(held.tokens.accessToken)).status).toBe(200)

        const refresh = async (token: string): Promise<Record<string, string>> => {
          const answer = await client.steps.refresh(held.server, held.client, token)
          expect(answer.status).toBe(200)
          return (await answer.json()) as Record<string, string>
        }
        const second = await refresh(held.tokens.refreshToken ?? '')
        const third = await refresh(second['refresh_token'] ?? '')
        expect((await call(third['access_token'] ?? '')).status).toBe(200)

        expect(await origin?.server.listGrants(held.subject)).toHaveLength(1)
        expect(await origin?.connections?.authorize('search', held.subject)).toMatchObject({
          headers: { 'x-api-key': 'key-of-ada' },
        })

        const request = await client.steps.authorizationRequest(held.server, held.client, {
          resource: routeUrl,
          scope: 'mcp:tools',
        })
        const callback = await client.authorize(request)
        expect(callback.parameters.get('code')).toBeTruthy()
      })
    })
  }
}
