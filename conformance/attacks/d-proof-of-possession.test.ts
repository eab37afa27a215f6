import { createHash } from 'node:crypto'

import { createAuthorizationServer } from '@portico/core'
import { createClock } from '@portico/test-peers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'

import { scriptedProvider } from './hosts/attacked-gateway.ts'
import { type OpenStorage, storages } from './storages.ts'
import { demoUrl, idpIssuer, keys, publicUrl } from './target.ts'
import { jsonOf } from './token-requests.ts'

const tokenUrl = `${publicUrl}/oauth/token`
const secret = '3rGJdYkqkC8nH0w2oTgQ5bVx7sLzUeMa'
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

type Claims = Readonly<Record<string, unknown>>

/** An authorization server with DPoP switched on, and a machine that uses it. */
async function dpopServer(openStorage: OpenStorage) {
  const clock = createClock(1_800_000_000_000)
  const { storage, close } = await openStorage(clock.seconds)
  onTestFinished(close)
  const server = createAuthorizationServer({
    publicUrl,
    providers: scriptedProvider({ issuer: idpIssuer, clientId: 'client', clientSecret: 'secret' }),
    resources: [{ path: '/mcp/demo', name: 'Demo' }],
    clients: [
      {
        clientId: 'machine',
        name: 'Machine',
        clientSecret: secret,
        grantTypes: ['client_credentials'],
        resources: ['/mcp/demo'],
      },
    ],
    storage,
    keys,
    dpop: true,
    now: clock.seconds,
  })
  const own = await generateKeyPair('ES256', { extractable: true })
  const proof = async (claims: Claims = {}, key = own, header: Claims = {}): Promise<string> =>
    new SignJWT({ jti: crypto.randomUUID(), htm: 'POST', htu: tokenUrl, iat: clock.seconds(), ...claims })
      .setProtectedHeader({
        alg: 'ES256',
        typ: 'dpop+jwt',
        jwk: await exportJWK(key.publicKey),
        ...header,
      })
      .sign(key.privateKey)
  const requestToken = async (headers: Readonly<Record<string, string>>) => {
    const response = await server.fetch(
      new Request(tokenUrl, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`machine:${secret}`)}`, ...headers },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: demoUrl }),
      }),
    )
    return { status: response.status, body: await jsonOf(response) }
  }
  const call = (token: string, dpop?: string) =>
    server
      .verifyAccessToken(
        token,
        demoUrl,
        dpop === undefined ? undefined : { proof: dpop, method: 'POST', url: demoUrl },
      )
      .then((verified) => verified !== undefined)
      .catch((error: unknown) => String((error as { readonly code?: unknown }).code))
  return { clock, proof, requestToken, call }
}

describe.each(storages)('D. Proof of possession, on %s', (_name, openStorage) => {
  it('D07 issues a bound token for a proof about this very request, once (RFC 9449 section 4.3)', async () => {
    const { clock, proof, requestToken } = await dpopServer(openStorage)
    const now = clock.seconds()
    const bad = [
      await proof({ htm: 'GET' }),
      await proof({ htu: demoUrl }),
      await proof({ iat: now - 301 }),
      await proof({ iat: now + 60 }),
      await proof({ jti: undefined }),
      await proof({}, undefined, { typ: 'JWT' }),
      await proof({}, undefined, { jwk: undefined }),
      `${(await proof()).slice(0, -4)}AAAA`,
      'nonsense',
    ]
    for (const dpop of bad) {
      expect((await requestToken({ dpop })).body).toMatchObject({ error: 'invalid_dpop_proof' })
    }
    const good = await proof()
    expect((await requestToken({ dpop: good })).body).toMatchObject({ token_type: 'DPoP' })
    expect((await requestToken({ dpop: good })).body).toMatchObject({ error: 'invalid_dpop_proof' })
  })

  it('D07 lets a bound token in with a proof by its key over itself, and never as a bearer (RFC 9449 section 7)', async () => {
    const { proof, requestToken, call } = await dpopServer(openStorage)
    const { body } = await requestToken({ dpop: await proof() })
    const token = String(body['access_token'])
    const about = { htu: demoUrl, ath: sha256(token) }
    const stranger = await generateKeyPair('ES256', { extractable: true })
    expect(await call(token)).toBe(false)
    for (const dpop of [
      await proof({ ...about, ath: undefined }),
      await proof({ ...about, ath: sha256('other') }),
      await proof({ ...about, htm: 'GET' }),
      await proof(about, stranger),
    ]) {
      expect(await call(token, dpop)).toBe('invalid_dpop_proof')
    }
    const good = await proof(about)
    expect(await call(token, good)).toBe(true)
    expect(await call(token, good)).toBe('invalid_dpop_proof')
    const bearer = String((await requestToken({})).body['access_token'])
    expect(await call(bearer, await proof({ htu: demoUrl, ath: sha256(bearer) }))).toBe(false)
    expect(await call(bearer)).toBe(true)
  })
})
