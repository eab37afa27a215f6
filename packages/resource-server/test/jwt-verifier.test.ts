import type { SafeFetch } from '@portico/safe-fetch'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'

import { createJwtVerifier, type JwtVerifierOptions, KeysUnavailableError } from '../src/index.ts'

const issuer = 'https://login.example.com/tenant'
const resource = 'https://mcp.example.com/mcp'
const start = 1_800_000_000

let pair: { privateKey: CryptoKey; publicKey: CryptoKey }
let jwk: JWK
beforeAll(async () => {
  pair = await generateKeyPair('ES256')
  jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' }
})

const claims = {
  iss: issuer,
  sub: 'ada',
  aud: resource,
  exp: start + 900,
  iat: start,
  jti: '1',
  client_id: 'inspector',
  scope: 'mcp:tools mcp:resources',
}

const sign = (
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: CryptoKey | Uint8Array = pair.privateKey,
) =>
  new SignJWT({ ...claims, ...changes })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one', ...header })
    .sign(key, { crit: { x: true } })

/** An authorization server of documents, and a clock that tests turn. */
function setUp(options: Partial<JwtVerifierOptions> = {}) {
  const documents: Record<string, unknown> = {
    'https://login.example.com/.well-known/oauth-authorization-server/tenant': {
      issuer,
      jwks_uri: 'https://login.example.com/keys',
    },
    'https://login.example.com/keys': { keys: [jwk] },
  }
  const fetched: string[] = []
  const clock = { now: start + 10 }
  const fetch: SafeFetch = async (url) => {
    fetched.push(String(url))
    const document = documents[String(url)]
    return document === undefined ? new Response('', { status: 500 }) : Response.json(document)
  }
  return {
    documents,
    fetched,
    clock,
    verify: createJwtVerifier({ issuer, fetch, now: () => clock.now, ...options }),
  }
}

describe('RS-12 JWT access tokens (RFC 9068 §4)', () => {
  it('tells who asks, for which client, with which scopes', async () => {
    expect(await setUp().verify(await sign(), resource)).toMatchObject({
      subject: 'ada',
      clientId: 'inspector',
      scopes: ['mcp:tools', 'mcp:resources'],
      expiresAt: start + 900,
    })
  })

  it('takes a token without scope, and one whose audiences include the resource', async () => {
    const { verify } = setUp()
    expect(await verify(await sign({ scope: undefined }), resource)).toMatchObject({ scopes: [] })
    expect(await verify(await sign({ aud: ['https://other.example.com', resource] }), resource)).toBeDefined()
  })

  it('D07 takes no token that is bound to a key, and none that comes with a proof, as it looks at no proofs', async () => {
    const { verify } = setUp()
    const bound = await sign({ cnf: { jkt: 'thumbprint' } })
    const proof = { proof: 'a.b.c', method: 'POST', url: resource }
    expect(await verify(bound, resource)).toBeUndefined()
    expect(await verify(bound, resource, proof)).toBeUndefined()
    expect(await verify(await sign(), resource, proof)).toBeUndefined()
    expect(await verify(await sign(), resource)).toBeDefined()
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://login.example.com' }, {}],
    ['the issuer with a slash', { iss: `${issuer}/` }, {}],
    ['another audience', { aud: 'https://mcp.example.com/other' }, {}],
    ['a longer audience', { aud: `${resource}-other` }, {}],
    ['no audience', { aud: undefined }, {}],
    ['an expired token', { exp: start - 60 }, {}],
    ['no expiry', { exp: undefined }, {}],
    ['a token of the future', { nbf: start + 100 }, {}],
    ['an ID token (RS-13)', {}, { typ: 'JWT' }],
    ['no type', {}, { typ: undefined }],
    ['no client', { client_id: undefined }, {}],
    ['a client that is no text', { client_id: 7 }, {}],
    ['no subject', { sub: undefined }, {}],
    ['no id', { jti: undefined }, {}],
    ['an unknown critical header', {}, { crit: ['x'], x: 1 }],
    ['an unknown key', {}, { kid: 'two' }],
  ])('refuses %s', async (_name, changes, header) => {
    expect(await setUp().verify(await sign(changes, header), resource)).toBeUndefined()
  })

  it('allows thirty seconds of clock difference and no more', async () => {
    const { verify } = setUp()
    expect(await verify(await sign({ exp: start - 19 }), resource)).toBeDefined()
    expect(await verify(await sign({ exp: start - 21 }), resource)).toBeUndefined()
  })

  it('D05 refuses alg none, HS256 with the public key, a foreign key, and text that is no token', async () => {
    const { verify } = setUp()
    const unsigned = new UnsecuredJWT(claims).encode()
    const confused = await sign({}, { alg: 'HS256' }, new TextEncoder().encode(JSON.stringify(jwk)))
    const foreign = await sign({}, {}, (await generateKeyPair('ES256')).privateKey)
    for (const token of [unsigned, confused, foreign, 'opaque', 'a.b.c', '']) {
      expect(await verify(token, resource)).toBeUndefined()
    }
  })

  it('AS-02 compares an issuer that ends in a slash byte for byte', async () => {
    const issuer = 'https://acme.us.auth0.com/'
    const { documents, verify } = setUp({ issuer })
    documents['https://acme.us.auth0.com/.well-known/oauth-authorization-server'] = {
      issuer,
      jwks_uri: 'https://login.example.com/keys',
    }
    expect(await verify(await sign({ iss: issuer }), resource)).toBeDefined()
    expect(await verify(await sign({ iss: 'https://acme.us.auth0.com' }), resource)).toBeUndefined()
  })

  it.each([
    [{ algorithms: ['HS256'] }, 'algorithms: "HS256"'],
    [{ algorithms: ['none'] }, 'algorithms: "none"'],
    [{ algorithms: [] }, 'algorithms: name at least one'],
    [{ clockToleranceSeconds: 61 }, 'clockToleranceSeconds'],
    [{ issuer: 'login.example.com' }, 'issuer must be an absolute URL'],
    [{ issuer: 'http://login.example.com' }, 'issuer must be https'],
    [
      { issuer: 'https://login.example.com?tenant=a' },
      'issuer must have no user information, query or fragment',
    ],
    [{ jwksUrl: 'http://login.example.com/keys' }, 'jwksUrl must be https'],
  ])('refuses the options %o', (options, message) => {
    expect(() => setUp(options)).toThrow(message)
  })
})

describe('the keys of the authorization server', () => {
  it('are found through its metadata once, and kept', async () => {
    const { verify, fetched } = setUp()
    await Promise.all([verify(await sign(), resource), verify(await sign(), resource)])
    await verify(await sign(), resource)
    expect(fetched).toEqual([
      'https://login.example.com/.well-known/oauth-authorization-server/tenant',
      'https://login.example.com/keys',
    ])
  })

  it('are fetched from jwksUrl where that is given', async () => {
    const { verify, fetched } = setUp({ jwksUrl: 'https://login.example.com/keys' })
    expect(await verify(await sign(), resource)).toBeDefined()
    expect(fetched).toEqual(['https://login.example.com/keys'])
  })

  it('RFC 8414 §3.3: are not taken from a document of another issuer', async () => {
    const { verify, documents } = setUp()
    documents['https://login.example.com/.well-known/oauth-authorization-server/tenant'] = {
      issuer: 'https://evil.example',
      jwks_uri: 'https://login.example.com/keys',
    }
    await expect(verify(await sign(), resource)).rejects.toThrow(KeysUnavailableError)
  })

  it('are fetched again for an unknown kid, once in thirty seconds', async () => {
    const { verify, documents, fetched, clock } = setUp({ jwksUrl: 'https://login.example.com/keys' })
    await verify(await sign(), resource)
    const rotated = await generateKeyPair('ES256')
    documents['https://login.example.com/keys'] = {
      keys: [{ ...(await exportJWK(rotated.publicKey)), kid: 'two', alg: 'ES256' }],
    }
    const token = await sign({}, { kid: 'two' }, rotated.privateKey)
    expect(await verify(token, resource)).toBeUndefined()
    expect(fetched).toHaveLength(1)
    clock.now += 30
    expect(await verify(token, resource)).toBeDefined()
    expect(await verify(await sign({}, { kid: 'three' }), resource)).toBeUndefined()
    expect(fetched).toHaveLength(2)
  })

  it('serve on when the authorization server is away, and are unknown at first (J01)', async () => {
    const { verify, documents, fetched, clock } = setUp({ jwksUrl: 'https://login.example.com/keys' })
    const keys = documents['https://login.example.com/keys']
    delete documents['https://login.example.com/keys']
    // H08: however many ask meanwhile, and whatever they present.
    for (let count = 0; count < 5; count += 1) {
      await expect(verify(await sign(), resource)).rejects.toThrow(KeysUnavailableError)
    }
    expect(fetched).toHaveLength(1)
    clock.now += 5
    documents['https://login.example.com/keys'] = keys
    expect(await verify(await sign(), resource)).toBeDefined()
    delete documents['https://login.example.com/keys']
    clock.now += 700
    expect(await verify(await sign(), resource)).toBeDefined()
  })
})
