import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'

import { createProviderKeys, type ProviderKeys } from '../../src/login/provider-keys.ts'

const source = { jwksUrl: 'https://idp.example/jwks', timeoutMs: 1000 }
const hint = (kid?: string, alg = 'ES256') => ({ alg, kid })

let now: number
let published: unknown[]
let answer: () => Response | Promise<Response>
let requests: number
let keys: ProviderKeys

async function key(kid: string, more: object = {}): Promise<JWK> {
  const { publicKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(publicKey)), kid, ...more }
}

beforeEach(() => {
  now = 1_000_000
  published = []
  requests = 0
  answer = () => Response.json({ keys: published })
  keys = createProviderKeys({
    now: () => now,
    fetch: async () => {
      requests += 1
      return answer()
    },
  })
})

describe('the key set of a provider', () => {
  it('IDP-10 is fetched when it is first needed, once for parallel logins, and then remembered', async () => {
    published = [await key('one')]
    expect(requests).toBe(0)
    await Promise.all([keys.find(source, hint('one')), keys.find(source, hint('one'))])
    expect(await keys.find(source, hint('one'))).toHaveLength(1)
    expect(requests).toBe(1)
  })

  it('IDP-10 is fetched again for an unknown kid, so that a rotation needs no restart', async () => {
    published = [await key('one')]
    await keys.find(source, hint('one'))
    published = [await key('two')]
    expect(await keys.find(source, hint('two'))).toHaveLength(1)
    expect(requests).toBe(2)
  })

  it('IDP-10 is waited for by every login that needs it after a rotation, not by the first alone', async () => {
    published = [await key('one')]
    await keys.find(source, hint('one'))
    published = [await key('two')]
    const logins = [1, 2, 3].map(() => keys.find(source, hint('two')))
    expect((await Promise.all(logins)).map((found) => found.length)).toEqual([1, 1, 1])
    expect(requests).toBe(2)
  })

  it('IDP-10 is fetched for unknown kids at most once in 30 seconds', async () => {
    published = [await key('one')]
    await keys.find(source, hint('one'))
    await keys.find(source, hint('two'))
    await keys.find(source, hint('three'))
    now += 29
    expect(await keys.find(source, hint('four'))).toEqual([])
    expect(requests).toBe(2)
    published = [await key('four')]
    now += 1
    expect(await keys.find(source, hint('four'))).toHaveLength(1)
    expect(requests).toBe(3)
  })

  it('IDP-10 goes on serving while the provider is away, asking again every 30 seconds', async () => {
    published = [await key('one')]
    await keys.find(source, hint('one'))
    answer = () => Promise.reject(new TypeError('connection refused'))
    now += 601
    expect(await keys.find(source, hint('one'))).toHaveLength(1)
    now += 29
    expect(await keys.find(source, hint('one'))).toHaveLength(1)
    expect(requests).toBe(2)
    now += 1
    expect(await keys.find(source, hint('one'))).toHaveLength(1)
    expect(requests).toBe(3)
  })

  it('is worth nothing after a day without the provider: a withdrawn key must not live for ever', async () => {
    published = [await key('one')]
    await keys.find(source, hint('one'))
    answer = () => new Response('down', { status: 503 })
    now += 86_399
    expect(await keys.find(source, hint('one'))).toHaveLength(1)
    now += 31
    await expect(keys.find(source, hint('one'))).rejects.toMatchObject({ code: 'key_set_unavailable' })
  })

  it('no longer contains a withdrawn key after ten minutes', async () => {
    published = [await key('one')]
    await keys.find(source, hint('one'))
    published = [await key('two')]
    now += 599
    expect(await keys.find(source, hint('one'))).toHaveLength(1)
    now += 1
    expect(await keys.find(source, hint('one'))).toEqual([])
  })

  it.each([
    ['a page', () => new Response('<h1>Welcome</h1>')],
    ['another status', () => Response.json({ keys: [] }, { status: 404 })],
    ['another document', () => Response.json({ error: 'not_found' })],
  ])('is refused when the answer is %s', async (_, response) => {
    answer = response
    await expect(keys.find(source, hint('one'))).rejects.toMatchObject({ code: 'key_set_unavailable' })
  })

  it('passes over keys it cannot use: unknown types, encryption keys, other curves, other algorithms', async () => {
    published = [
      { kty: 'QKD', kid: 'one' },
      'not a key',
      await key('one', { use: 'enc' }),
      await key('one', { alg: 'ES384' }),
      { ...(await key('one')), crv: 'P-384' },
    ]
    expect(await keys.find(source, hint('one'))).toEqual([])
    published = [...published, await key('one', { use: 'sig', alg: 'ES256' })]
    now += 30
    expect(await keys.find(source, hint('one'))).toHaveLength(1)
  })

  it('offers every fitting key to a token without kid, and only the members that verify', async () => {
    published = [await key('one', { alg: 'ES256' }), await key('two', { d: 'private', x5c: [] })]
    const found = await keys.find(source, hint())
    expect(found.map(({ jwk }) => Object.keys(jwk).sort())).toEqual([
      ['crv', 'kty', 'x', 'y'],
      ['crv', 'kty', 'x', 'y'],
    ])
  })

  it('keeps the sets of two providers apart', async () => {
    published = [await key('one')]
    await keys.find(source, hint('one'))
    published = []
    const other = { ...source, jwksUrl: 'https://other.example/jwks' }
    expect(await keys.find(other, hint('one'))).toEqual([])
    expect(await keys.find(source, hint('one'))).toHaveLength(1)
  })
})
