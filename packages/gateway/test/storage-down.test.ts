import { memoryStorage, type Storage, StorageUnavailableError } from '@portico/storage'
import { createScriptedUpstream } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { demoUrl, publicUrl, testGateway } from './test-gateway.ts'
import { linear } from './upstream-account.ts'

/** A gateway whose storage can be taken away. */
async function setUp() {
  const kept = memoryStorage()
  const state = { isDown: false }
  const reach = <Result>(verb: () => Promise<Result>): Promise<Result> =>
    state.isDown ? Promise.reject(new StorageUnavailableError('out of reach')) : verb()
  const storage: Storage = {
    get: (key) => reach(() => kept.get(key)),
    set: (key, entry, when) => reach(() => kept.set(key, entry, when)),
    take: (key) => reach(() => kept.take(key)),
    delete: (key) => reach(() => kept.delete(key)),
    list: (group) => reach(() => kept.list(group)),
    deleteGroup: (group) => reach(() => kept.deleteGroup(group)),
  }
  const peers = testGateway({ storage, connections: [linear] }, { others: createScriptedUpstream().servers })
  const { tokens } = await peers.client.connect(demoUrl)
  return { ...peers, state, authorization: `Bearer ${tokens.accessToken}` }
}

describe('a gateway whose storage is away', () => {
  it.each<[string, string, (authorization: string) => RequestInit]>([
    ['the registry', '/mcp-registry/v0.1/servers', (authorization) => ({ headers: { authorization } })],
    ['the page that connects an account', '/auth/connections/linear/connect', () => ({})],
    ['the form of that page', '/auth/connections/linear/connect', () => ({ method: 'POST' })],
    ['the way back from an upstream', '/auth/connections/linear/callback?state=a', () => ({})],
    ['the account page', '/account', () => ({})],
  ])('J01 says at %s that it is to be tried again', async (_place, path, init) => {
    const { request, state, clock, authorization } = await setUp()
    const cookie = '__Host-portico-session=of-somebody'
    const asked = init(authorization)
    const ask = () =>
      request(publicUrl + path, {
        ...asked,
        headers: { cookie, ...(asked.headers as Record<string, string>) },
      })
    expect((await ask()).status).not.toBe(503)
    state.isDown = true
    // What is remembered of tokens and grants is too old then.
    clock.advance(60)
    const response = await ask()
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(response.headers.get('cache-control')).toContain('no-store')
  })
})
