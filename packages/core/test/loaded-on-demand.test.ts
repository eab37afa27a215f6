import { memoryStorage } from '@portico/storage'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'

import type { Context } from '../src/context.ts'
import type { Endpoint } from '../src/endpoint.ts'
import { loadedEndpoint } from '../src/loaded-endpoint.ts'
import { loadedSigningKeys } from '../src/loaded-signing-keys.ts'
import { createVault } from '../src/vault.ts'
import { testKey } from './test-server.ts'

const hello: Endpoint = (c) => c.text('hello')

/** An app whose one endpoint is loaded by `load`. */
function appWith(load: () => Promise<Endpoint>) {
  const endpoint = loadedEndpoint(load)
  return new Hono().get('/', (c) => endpoint(c, {} as Context)).onError((error, c) => c.text(error.message))
}

describe('an endpoint that is loaded on demand', () => {
  it('is loaded by the first request and kept for the next', async () => {
    let loads = 0
    const app = appWith(() => {
      loads += 1
      return Promise.resolve(hello)
    })
    expect(loads).toBe(0)
    for (const _ of ['first', 'second']) expect(await (await app.request('/')).text()).toBe('hello')
    expect(loads).toBe(1)
  })

  it('is loaded again when that has failed', async () => {
    const outcomes = [Promise.reject(new Error('not readable now')), Promise.resolve(hello)]
    const app = appWith(() => outcomes.shift() ?? Promise.resolve(hello))
    expect(await (await app.request('/')).text()).toBe('not readable now')
    expect(await (await app.request('/')).text()).toBe('hello')
  })
})

describe('signing keys that are loaded on demand', () => {
  it('are one ring for requests that come at once', async () => {
    const keys = loadedSigningKeys({
      storage: memoryStorage(),
      vault: createVault([testKey]),
      now: () => 1_800_000_000,
      maxTokenTtlSeconds: 900,
    })
    const [one, other] = await Promise.all([keys.publicKeys(), keys.publicKeys()])
    expect(one).toHaveLength(1)
    expect(other).toBe(one)
  })
})
