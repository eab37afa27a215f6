import { memoryStorage, StorageUnavailableError } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import type { ResealProgress } from '../src/index.ts'
import {
  bearer,
  connect,
  connectionsOver,
  linear,
  readableSealer,
  type ScriptedUpstream,
  scriptedUpstream,
} from './scripted-upstream.ts'

const apiKey = {
  id: 'search',
  displayName: 'Search',
  authMode: 'user-api-key',
  url: 'https://search.example.com/mcp',
  apiKey: {},
} as const

/** Nodes with different keyrings on one storage. */
function nodes(upstream: ScriptedUpstream = scriptedUpstream(), storage: Storage = memoryStorage()) {
  const node = (...keyIds: readonly string[]) =>
    connectionsOver(upstream, { storage, sealer: readableSealer(...keyIds), upstreams: [linear, apiKey] })
      .connections
  return { node, storage, upstream }
}

const users = Array.from({ length: 20 }, (_, index) => `user-${index}`)

async function connectAll({ node, upstream }: ReturnType<typeof nodes>): Promise<void> {
  const before = node('k1')
  for (const owner of users) await connect(before, upstream, { owner, session: owner })
  await before.saveApiKey('search', 'ada', 'key-of-ada')
}

const confidential = {
  metadata: { token_endpoint_auth_methods_supported: ['client_secret_post'] },
}

function registeringASecret(): ScriptedUpstream {
  const upstream = scriptedUpstream(confidential)
  upstream.routes[`${upstream.issuer}/register`] = (_form, body) => {
    const metadata = JSON.parse(body) as Record<string, unknown>
    return Response.json(
      { ...metadata, client_id: 'c1', client_secret: 'secret-of-c1', client_secret_expires_at: 0 },
      { status: 201 },
    )
  }
  return upstream
}

describe('a rotation of the keyring', () => {
  it('SEC-20 seals every connection and client secret anew, so that the old key can go', async () => {
    const all = nodes(registeringASecret())
    await connectAll(all)
    const progress: ResealProgress[] = []
    const outcome = await all.node('k2', 'k1').reseal((step) => progress.push(step))
    // Twenty tokens, one API key, one client secret.
    expect(outcome).toEqual({ done: 22, failed: 0, total: 22 })
    expect(progress.map(({ done }) => done)).toEqual(
      progress.map(({ done }) => done).toSorted((a, b) => a - b),
    )
    expect(progress.at(-1)).toEqual({ done: 22, failed: 0, total: 22 })

    const after = all.node('k2')
    for (const user of users) expect(await bearer(after, user)).toMatch(/^Bearer access-/)
    expect(await after.authorize('search', 'ada')).toMatchObject({ headers: {} })
    expect(await after.missingKeys()).toEqual([])
    // The secret of the client opens too: a new connection proves itself with it.
    await connect(after, all.upstream, { owner: 'grace', session: 'grace' })
    const form = all.upstream.requests.findLast(({ url }) => url.endsWith('/token'))?.form
    expect(form?.get('client_secret')).toBe('secret-of-c1')
  })

  it('SEC-20 a key that was retired too early fails loudly, and is named', async () => {
    const all = nodes()
    await connectAll(all)
    const early = all.node('k2')
    await expect(early.authorize('linear', 'user-1')).rejects.toThrow('key "k1" is not in the keyring')
    expect(await early.missingKeys()).toEqual([{ keyId: 'k1', records: 21 }])
    expect(await all.node('k2', 'k1').missingKeys()).toEqual([])
  })

  it('goes on where it was interrupted', async () => {
    const memory = memoryStorage()
    let writesLeft = Infinity
    const failing: Storage = {
      ...memory,
      set: async (...parameters) => {
        if (writesLeft-- <= 0) throw new StorageUnavailableError('gone')
        return memory.set(...parameters)
      },
    }
    const all = nodes(scriptedUpstream(), failing)
    await connectAll(all)
    const rotating = all.node('k2', 'k1')
    const outcomes: unknown[] = []
    do {
      writesLeft = 30
      outcomes.push(await rotating.reseal().catch((error: unknown) => error))
    } while (outcomes.at(-1) instanceof StorageUnavailableError)
    expect(outcomes.length).toBeGreaterThan(2)
    // The last round had less to do than all of it.
    expect((outcomes.at(-1) as ResealProgress).done).toBeLessThan(21)
    writesLeft = Infinity
    for (const user of users) expect(await bearer(all.node('k2'), user)).toMatch(/^Bearer access-/)
  })

  it('happens by itself to what is used', async () => {
    const all = nodes()
    await connectAll(all)
    expect(await bearer(all.node('k2', 'k1'), 'user-3')).toMatch(/^Bearer access-/)
    expect(await bearer(all.node('k2'), 'user-3')).toMatch(/^Bearer access-/)
    expect(await all.node('k2', 'k1').reseal()).toMatchObject({ done: 20 })
  })

  it('never costs a connection whose token is refreshed at the same time', async () => {
    const upstream = scriptedUpstream({ rotate: true })
    const storage = memoryStorage()
    const node = (...keyIds: readonly string[]) =>
      connectionsOver(upstream, { storage, sealer: readableSealer(...keyIds) })
    const before = node('k1')
    for (const owner of users) await connect(before.connections, upstream, { owner, session: owner })
    const serving = node('k2', 'k1')
    serving.clock.now += 3590
    const [outcome] = await Promise.all([
      serving.connections.reseal(),
      ...users.map((user) => bearer(serving.connections, user)),
    ])
    expect(outcome.failed).toBe(0)
    const after = node('k2').connections
    for (const user of users) expect(await bearer(after, user)).toMatch(/^Bearer access-/)
    expect(upstream.state).toMatchObject({ refreshes: users.length, reuses: 0 })
  })

  it('passes by what cannot be opened, and says how much that is', async () => {
    const all = nodes()
    await connectAll(all)
    const damaged = await all.storage.get(['connection', 'linear:user-5'])
    const value = { ...(damaged?.value as object), tokens: 'k1.elsewhere.{}' }
    await all.storage.set(['connection', 'linear:user-5'], { ...damaged, value })
    expect(await all.node('k2', 'k1').reseal()).toEqual({ done: 21, failed: 1, total: 21 })
    expect(await all.node('k2', 'k1').reseal()).toEqual({ done: 1, failed: 1, total: 1 })
  })

  it('forgets what was disconnected', async () => {
    const all = nodes()
    await connectAll(all)
    const node = all.node('k1')
    await node.disconnect('linear', 'user-7')
    expect(await all.node('k2', 'k1').reseal()).toMatchObject({ done: 20 })
  })
})
