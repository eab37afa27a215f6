import { createScriptedIdp } from '@portico/test-peers'
import { decodeJwt, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { expect, it } from 'vitest'

import { describeAttacks, type Open } from './describe-attacks.ts'
import { demoUrl, notesUrl, publicUrl, type Target, type TargetOptions } from './target.ts'
import { codeFor, isAccepted, jsonOf, redeem, refresh, tokensOf } from './token-requests.ts'

const upstream = { url: 'https://upstream.example/mcp' }
const message = '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}'

/** A target and an access token for its demo route. */
async function withToken(open: Open, options?: TargetOptions) {
  const target = await open(options)
  const { tokens } = await target.client.connect(demoUrl)
  return { target, token: tokens.accessToken }
}

/** A bare call with these headers and this body. */
async function call(
  target: Target,
  url: string,
  headers: Readonly<Record<string, string>> | Headers,
  body = message,
): Promise<Response> {
  const sent = new Headers({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  })
  for (const [name, value] of new Headers(headers)) sent.set(name, value)
  return target.request(url, { method: 'POST', headers: sent, body })
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Header and claims of our own token, changed, under any signature. */
function forged(token: string, header: object, claims: object = {}, signature?: string): string {
  const [head = '', body = '', original = ''] = token.split('.')
  const decoded = JSON.parse(Buffer.from(head, 'base64url').toString()) as object
  const changed = { ...(JSON.parse(Buffer.from(body, 'base64url').toString()) as object), ...claims }
  return [encode({ ...decoded, ...header }), encode(changed), signature ?? original].join('.')
}

describeAttacks('D. Audience, scopes, token kinds', (open) => {
  it('D01 lets a token into its own route, and into none that merely looks alike (RFC 8707 section 2)', async () => {
    const routes = ['/mcp', '/mcp-other', '/mcp/demo', '/mcp/demo2'].map((path, index) => ({
      path,
      id: `route-${index}`,
      upstream,
    }))
    const { target, token } = await withToken(open, { gateway: { routes } })
    const authorization = `Bearer ${token}`
    for (const path of ['/mcp', '/mcp-other', '/mcp/demo2']) {
      expect([path, (await call(target, path, { authorization })).status]).toEqual([path, 401])
    }
    for (const path of [
      '/MCP/demo',
      '/mcp/Demo',
      '/mcp%2Fdemo',
      '/mcp//demo',
      '/mcp/demo/x',
      '/mcp/demo;x',
    ]) {
      expect([path, (await call(target, path, { authorization })).status]).toEqual([path, 404])
    }
    // The slash that some clients add is the same route (COMPAT-01).
    expect((await call(target, '/mcp/demo/', { authorization })).status).toBe(200)
  })

  it('D01 lets a token into no gateway on another host, on the same storage and keys', async () => {
    const { target, token } = await withToken(open)
    const elsewhere = await target.otherNode({ publicUrl: 'https://other.example.com' })
    const response = await elsewhere.request('https://other.example.com/mcp/demo', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: message,
    })
    expect(response.status).toBe(401)
    expect(await isAccepted(await target.otherNode(), demoUrl, token)).toBe(true)
  })

  it('D02 issues nothing for a resource outside what was authorized (GHSA-p2fr-6hmx-4528)', async () => {
    const target = await open()
    const issued = await codeFor(target)
    for (const resource of [notesUrl, 'https://other.example/mcp', [demoUrl, notesUrl], publicUrl]) {
      expect(await jsonOf(await redeem(target, issued, { resource }))).toMatchObject({
        error: 'invalid_target',
      })
    }
    const tokens = await tokensOf(await redeem(target, issued))
    const widened = await refresh(target, issued, tokens.refreshToken, { resource: notesUrl })
    expect(await jsonOf(widened)).toMatchObject({ error: 'invalid_target' })
    const same = await tokensOf(await refresh(target, issued, tokens.refreshToken, { resource: demoUrl }))
    expect(decodeJwt(same.accessToken).aud).toBe(demoUrl)
    const both = await target.browser.open((await target.attempt({ resource: [demoUrl, notesUrl] })).url)
    expect(both.parameters.get('error')).toBe('invalid_target')
  })

  it('D03 reads a token from the Authorization header alone, and from one of them (RFC 6750 section 2)', async () => {
    const { target, token } = await withToken(open)
    const two = new Headers([
      ['authorization', `Bearer ${token}`],
      ['authorization', `Bearer ${token}`],
    ])
    expect((await call(target, `/mcp/demo?access_token=${token}`, {})).status).toBe(401)
    expect((await call(target, '/mcp/demo', { cookie: `access_token=${token}` })).status).toBe(401)
    const asForm = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await call(target, '/mcp/demo', asForm, `access_token=${token}`)).status).toBe(401)
    for (const scheme of ['Basic', 'DPoP', 'Token', 'BearerX']) {
      expect((await call(target, '/mcp/demo', { authorization: `${scheme} ${token}` })).status).toBe(401)
    }
    const several = await target.request('/mcp/demo', { method: 'POST', headers: two, body: message })
    expect(several.status).toBe(400)
    const inBoth = await call(target, `/mcp/demo?access_token=${token}`, { authorization: `Bearer ${token}` })
    expect(inBoth.status).toBe(400)
    // Schemes are compared without case (RFC 9110 section 11.1).
    expect((await call(target, '/mcp/demo', { authorization: `bearer ${token}` })).status).toBe(200)
  })

  it('D04 takes no token of the IdP and none of another deployment (GHSA-vgf8-3685-66j9, CVE-2025-69196)', async () => {
    const { target, token } = await withToken(open)
    const claims = decodeJwt(token)
    // By the algorithm of its own, and by the one that the gateway signs with.
    for (const idp of [target.idp, createScriptedIdp({ issuer: target.idp.issuer, algorithm: 'ES256' })]) {
      for (const iss of [idp.issuer, demoUrl]) {
        const signedByIdp = await idp.sign({ ...claims, iss }, { typ: 'at+jwt' })
        expect(await isAccepted(target, demoUrl, signedByIdp)).toBe(false)
      }
    }
    // The same keyring and the same URL, but records of its own.
    const { token: foreign } = await withToken(open)
    expect(await isAccepted(target, demoUrl, foreign)).toBe(false)
    expect(await isAccepted(target, demoUrl, token)).toBe(true)
  })

  it('D05 takes no JWT but one that the gateway has signed, as it signs (CVE-2026-22817, CVE-2026-22818, GHSA-f67f-6cw9-8mq4)', async () => {
    const { target, token } = await withToken(open)
    const jwks = await jsonOf(await target.request('/.well-known/jwks.json'))
    const [published] = jwks['keys'] as [JWK]
    const secret = new TextEncoder().encode(JSON.stringify(published))
    const own = await generateKeyPair('ES256', { extractable: true })
    const ownJwk = await exportJWK(own.publicKey)
    const sign = (header: object, key: CryptoKey | Uint8Array) =>
      new SignJWT(decodeJwt(token)).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header }).sign(key)
    const bad = [
      forged(token, { alg: 'none' }, {}, ''),
      forged(token, { alg: 'NONE' }, {}, ''),
      forged(token, {}, { aud: demoUrl, sub: 'root' }),
      forged(token, { crit: ['exp'] }),
      forged(token, { typ: 'JWT' }),
      await sign({ alg: 'HS256', kid: published.kid }, secret),
      await sign({ kid: published.kid }, own.privateKey),
      await sign({ kid: 'unknown' }, own.privateKey),
      await sign({ kid: "' OR 1=1 --" }, own.privateKey),
      await sign({ kid: '../../dev/null' }, own.privateKey),
      await sign({ jwk: ownJwk }, own.privateKey),
      await sign({ jku: 'https://evil.example/jwks' }, own.privateKey),
      `${token}.`,
      token.split('.').slice(0, 2).join('.'),
    ]
    for (const each of bad) expect([each, await isAccepted(target, demoUrl, each)]).toEqual([each, false])
    expect(await isAccepted(target, demoUrl, token)).toBe(true)
    expect(await importJWK(published, 'ES256')).toBeDefined()
  })

  it.each(['%s ', ' %s', '\t%s', '%s\t', '%s=', '%s%%20'])(
    'D05 overlooks nothing around a token: %j (GHSA-mvf2-f6gm-w987)',
    async (pattern) => {
      const { target, token } = await withToken(open)
      const [head = '', body = '', signature = ''] = token.split('.')
      const padded = [head, pattern.replace('%s', body), signature].join('.')
      expect((await call(target, '/mcp/demo', { authorization: `Bearer ${padded}` })).status).toBe(401)
      expect((await call(target, '/mcp/demo', { authorization: `Bearer ${token}` })).status).toBe(200)
    },
  )

  it('D06 grants what the user was shown and nothing else, and a step-up ends (FastMCP 3492)', async () => {
    const target = await open()
    const scopesOf = async (scope: string) => {
      const issued = await codeFor(target, undefined, { resource: notesUrl, overrides: { scope } })
      return (await jsonOf(await redeem(target, issued)))['scope']
    }
    expect(await scopesOf('notes:read')).toBe('notes:read')
    expect(await scopesOf('notes:read admin mcp:tools')).toBe('notes:read')
    const page = await target.browser.open(
      (await target.attempt({ scope: 'notes:read' }, { resource: notesUrl })).url,
    )
    expect(page.text).toContain('Read your notes.')
    expect(page.text).not.toContain('Write notes for you.')
    // Asking again with more is how a step-up goes, and one answer ends it.
    expect(await scopesOf('notes:read notes:write')).toBe('notes:read notes:write')
  })

  it.each([
    ['short', ['c2hvcnQ']],
    ['a password', ['correct-horse-battery-staple']],
    ['empty', ['']],
    ['none', []],
    ['missing', undefined],
  ])('D08 does not start with keys that are %s (GHSA-8pcq-mx48-hjvj)', async (_, keys) => {
    const target = await open()
    await expect(target.otherNode({ keys })).rejects.toThrow(/keys/)
    await expect(target.otherNode()).resolves.toBeDefined()
  })

  it('D08 does not start with a client secret that can be guessed (GHSA-8pcq-mx48-hjvj)', async () => {
    const target = await open()
    const client = { clientId: 'ours', name: 'Ours', redirectUris: ['https://client.example/callback'] }
    const start = (clientSecret: string) => target.otherNode({ clients: [{ ...client, clientSecret }] })
    await expect(start('short')).rejects.toThrow(/clientSecret/)
    await expect(start('3rGJdYkqkC8nH0w2oTgQ5bVx7sLzUeMa')).resolves.toBeDefined()
  })
})
