import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { migratePostgres } from '@portico/storage-postgres'
import { createScriptedMcpClient } from '@portico/test-peers'
import { Pool } from 'pg'
import { expect, it, onTestFinished } from 'vitest'

import { createPostgresSchema } from '../postgres-schema.ts'
import { statelessServer } from './mcp-servers.ts'
import { publicUrl } from './names.ts'
import type { StorageSettings } from './open-gateway.ts'
import { startProtectedUpstream } from './protected-upstream.ts'
import { spawnGateway } from './spawn-gateway.ts'
import { connectUpstream, createWorld, redirectUri, routesTo, startIdentityProvider } from './world.ts'

const calls = 50
/** For a machine on which two new processes have to wait for their turn. */
const timeoutMs = 90_000

async function sqliteFile(): Promise<StorageSettings> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-upstreams-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return { sqlite: join(directory, 'portico.db') }
}

/** Two gateways on one storage, and a client whose user has connected the upstream through the first. */
async function connectedTwice(storage: StorageSettings, firstTokenSeconds: number) {
  const world = createWorld()
  const upstream = await startProtectedUpstream(world, 'notes', statelessServer().listener, {
    registration: 'document',
    accessTokenSeconds: (grantType) => (grantType === 'refresh_token' ? 3600 : firstTokenSeconds),
  })
  const { names } = world
  const signIn = await startIdentityProvider()
  const settings = { signIn, names, storage, ...routesTo({ notes: upstream.url }) }
  const gateways = await Promise.all([spawnGateway(settings), spawnGateway(settings)])
  // Every other request goes to the other process, as behind a load balancer.
  let requests = 0
  Object.defineProperty(names, publicUrl, {
    get: () => `http://127.0.0.1:${gateways[(requests += 1) % 2]?.port}`,
  })
  const browser = world.createBrowser()
  await connectUpstream(browser, 'notes')
  const client = createScriptedMcpClient({ fetch: world.raw, browser, redirectUri })
  const connection = await client.connect(`${publicUrl}/mcp/notes`)
  return { upstream, connection }
}

async function postgresSchema(postgres: string): Promise<StorageSettings> {
  const schema = await createPostgresSchema(postgres)
  const pool = new Pool({ connectionString: postgres, max: 1, options: `-c search_path=${schema.name}` })
  onTestFinished(async () => {
    await pool.end()
    await schema.drop()
  })
  await migratePostgres(pool)
  return { postgres, schema: schema.name }
}

const postgresUrl = process.env['PORTICO_TEST_POSTGRES_URL']
const stores: readonly (readonly [string, () => Promise<StorageSettings>])[] = [
  ['an SQLite file', sqliteFile],
  ...(postgresUrl === undefined ? [] : [['PostgreSQL', () => postgresSchema(postgresUrl)] as const]),
]

it.each(
  stores.flatMap(([name, open]) => [
    [name, 'has ended by the clock', open, 1] as const,
    [name, 'was ended by the upstream', open, 3600] as const,
  ]),
)(
  `UP-08 ${calls} parallel calls over two processes sharing %s, with an upstream token that %s, cost one refresh and no call`,
  async (_store, _how, open, firstTokenSeconds) => {
    const { upstream, connection } = await connectedTwice(await open(), firstTokenSeconds)
    await upstream.authorization.endAccessTokens()
    upstream.authorization.log.grants.length = 0
    const answers = await Promise.all(
      Array.from({ length: calls }, (_, index) =>
        connection.call('tools/call', { name: 'echo', arguments: { text: `call ${index}` } }),
      ),
    )
    const texts = answers.map(({ status, result, error }) => ({
      status,
      content: result?.['content'],
      error,
    }))
    expect(texts).toEqual(
      answers.map((_, index) => ({
        status: 200,
        content: [{ type: 'text', text: `call ${index}` }],
        error: undefined,
      })),
    )
    expect(upstream.authorization.log).toMatchObject({ grants: ['refresh_token'], refusals: [], reuses: 0 })
  },
  timeoutMs,
)
