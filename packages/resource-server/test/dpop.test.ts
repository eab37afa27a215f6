import { describe, expect, it, vi } from 'vitest'

import {
  type AccessToken,
  cacheVerification,
  createResourceServer,
  type PresentedProof,
  type ResourceServerOptions,
  toResponse,
} from '../src/index.ts'

const resource = 'https://gateway.example.com/mcp/demo'
const bearerToken: AccessToken = {
  subject: 'ada',
  clientId: 'inspector',
  scopes: ['mcp:tools'],
  expiresAt: 2_000_000_000,
}
const boundToken: AccessToken = { ...bearerToken, dpopKey: 'thumbprint' }
const proof = 'header.payload.signature'

const proofRefusal = (code: string, headers?: Readonly<Record<string, string>>) =>
  Object.assign(new Error('The proof is not good.'), { code, headers })

/** A verifier to which `bare` is a bearer token and `bound` one of the DPoP scheme. */
async function verifyEither(
  text: string,
  _resource: string,
  dpop?: PresentedProof,
): Promise<AccessToken | undefined> {
  if (text === 'bound' && dpop !== undefined) return boundToken
  return text === 'bare' && dpop === undefined ? bearerToken : undefined
}

function start(options: Partial<ResourceServerOptions> = {}) {
  const verify = vi.fn(verifyEither)
  const onError = vi.fn<(error: unknown) => void>()
  const server = createResourceServer({
    resource,
    authorizationServer: 'https://gateway.example.com',
    scopes: ['mcp:tools'],
    dpop: { algorithms: ['ES256', 'EdDSA'] },
    verify,
    onError,
    ...options,
  })
  const handler = server.protect((_, token) => Response.json({ subject: token.subject }))
  const call = (headers: HeadersInit, method = 'POST', url = resource) =>
    handler(new Request(url, { method, headers }))
  const challengeTo = async (headers: HeadersInit) => {
    const response = await call(headers)
    return [response.status, response.headers.get('www-authenticate')] as const
  }
  return { server, call, challengeTo, verify, onError }
}

const required = { dpop: { algorithms: ['ES256', 'EdDSA'], required: true } } as const
const bound = { authorization: 'DPoP bound', dpop: proof }
const tail = `resource_metadata="https://gateway.example.com/.well-known/oauth-protected-resource/mcp/demo", scope="mcp:tools"`
const algorithms = 'algs="ES256 EdDSA"'

describe('the DPoP scheme', () => {
  it('RFC 9449 section 7.1 lets a bound token in with its proof, which the verifier sees with method and URL', async () => {
    const { call, verify } = start()
    for (const scheme of ['DPoP', 'dpop', 'DPOP']) {
      expect((await call({ ...bound, authorization: `${scheme} bound` })).status).toBe(200)
    }
    expect((await call(bound, 'GET')).status).toBe(200)
    expect(verify.mock.lastCall?.slice(0, 3)).toEqual([
      'bound',
      resource,
      { proof, method: 'GET', url: resource },
    ])
  })

  it('COMPAT-24 takes the URL with a slash at its end for what the client signed, and the host from nobody', async () => {
    const { call, verify } = start()
    await call(bound, 'POST', 'http://127.0.0.1:9000/mcp/demo/?a=b/')
    expect(verify.mock.lastCall?.[2]?.url).toBe(`${resource}/`)
    await call(bound, 'POST', 'http://127.0.0.1:9000/mcp/demo?a=b/')
    expect(verify.mock.lastCall?.[2]?.url).toBe(resource)
  })

  it('D07 wants exactly one proof, and asks no verifier without it', async () => {
    const { challengeTo, verify } = start()
    const two = new Headers(bound)
    two.append('dpop', proof)
    for (const headers of [
      { authorization: 'DPoP bound' },
      { ...bound, dpop: '' },
      { ...bound, dpop: 'a.b' },
      { ...bound, dpop: `${'a'.repeat(9000)}.b.c` },
      two,
    ]) {
      const [status, challenge] = await challengeTo(headers)
      expect(status).toBe(401)
      expect(challenge).toMatch(/^DPoP error="invalid_dpop_proof", error_description="[^"\\=]+", /)
      expect(challenge).toContain(`${tail}, ${algorithms}`)
    }
    expect(verify).not.toHaveBeenCalled()
  })

  it('D07 refuses a bound token as a bearer token, and a bearer token with a proof', async () => {
    const { call, challengeTo } = start()
    expect((await call({ authorization: 'Bearer bare' })).status).toBe(200)
    const [asBearer, bearerChallenge] = await challengeTo({ ...bound, authorization: 'Bearer bound' })
    expect(asBearer).toBe(401)
    expect(bearerChallenge).toMatch(/^Bearer error="invalid_token", /)
    const [withProof, dpopChallenge] = await challengeTo({ ...bound, authorization: 'DPoP bare' })
    expect(withProof).toBe(401)
    expect(dpopChallenge).toMatch(/^DPoP error="invalid_token", .*algs="ES256 EdDSA"$/)
  })

  it('D07 does not trust a verifier that looks at no proof', async () => {
    const careless = start({ verify: async () => bearerToken })
    expect((await careless.call(bound)).status).toBe(401)
    expect((await careless.call({ authorization: 'Bearer bound' })).status).toBe(200)
    const other = start({ verify: async () => boundToken })
    expect((await other.call({ authorization: 'Bearer bound' })).status).toBe(401)
    expect((await other.call(bound)).status).toBe(200)
  })

  it.each(['DPoP a b', 'DPoP "bound"', 'DPoP'])('RS-07 answers the malformed %j by 401', async (value) => {
    const { challengeTo, verify } = start()
    const [status, challenge] = await challengeTo({ ...bound, authorization: value })
    expect(status).toBe(401)
    expect(challenge).toMatch(/^DPoP error="invalid_token"/)
    expect(verify).not.toHaveBeenCalled()
  })

  it.each(['DPoP bound, Bearer bare', 'Bearer bare, DPoP bound', 'Basic x, DPoP bound'])(
    'RS-10 answers %j by 400',
    async (value) => {
      const [status, challenge] = await start().challengeTo({ ...bound, authorization: value })
      expect(status).toBe(400)
      expect(challenge).toContain('error="invalid_request"')
    },
  )

  it.each([
    ['invalid_dpop_proof', undefined],
    ['use_dpop_nonce', { 'dpop-nonce': 'a-nonce' }],
  ] as const)('says %s where the verifier does', async (code, headers) => {
    const { call, onError } = start({ verify: () => Promise.reject(proofRefusal(code, headers)) })
    const response = await call({ ...bound, origin: 'http://localhost:6274' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      `DPoP error="${code}", error_description="The proof is not good.", ${tail}, ${algorithms}`,
    )
    expect(response.headers.get('dpop-nonce')).toBe(headers?.['dpop-nonce'] ?? null)
    expect(response.headers.get('access-control-expose-headers')).toMatch(/WWW-Authenticate.*DPoP-Nonce/)
    expect(onError).not.toHaveBeenCalled()
  })

  it('answers 503 where the verifier cannot tell, whatever the scheme', async () => {
    const { call } = start({ verify: () => Promise.reject(new Error('storage is away')) })
    expect((await call(bound)).status).toBe(503)
    const bearer = start({ verify: () => Promise.reject(proofRefusal('invalid_dpop_proof')) })
    expect((await bearer.call({ authorization: 'Bearer bare' })).status).toBe(503)
  })

  it('SCOPE-05 names missing scope in the scheme of the token', async () => {
    const { server } = start()
    const challenge = (token?: AccessToken) =>
      toResponse(server.insufficientScope(['mcp:admin'], token)).headers.get('www-authenticate')
    expect(challenge(boundToken)).toMatch(
      /^DPoP error="insufficient_scope", .*scope="mcp:admin", algs="ES256 EdDSA"$/,
    )
    expect(challenge(bearerToken)).toMatch(/^Bearer error="insufficient_scope", .*scope="mcp:admin"$/)
    expect(challenge()).toMatch(/^Bearer /)
  })

  it('RS-15 lets the DPoP header through CORS', async () => {
    const response = await start().call(
      { origin: 'http://localhost:6274', 'access-control-request-headers': 'authorization, dpop, cookie' },
      'OPTIONS',
    )
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization, dpop')
  })
})

describe('how a resource takes it', () => {
  it('is off by default: no such scheme, nothing in the metadata', async () => {
    const { challengeTo, server, verify } = start({ dpop: undefined })
    expect(await challengeTo(bound)).toEqual([401, `Bearer ${tail}`])
    expect(verify).not.toHaveBeenCalled()
    expect(await server.metadata().json()).not.toHaveProperty('dpop_signing_alg_values_supported')
  })

  it('RS-06 RS-08 challenges for a bearer token where both are taken, and for a bound one where it is required', async () => {
    expect(await start().challengeTo({})).toEqual([401, `Bearer ${tail}`])
    expect(await start(required).challengeTo({})).toEqual([401, `DPoP ${tail}, ${algorithms}`])
  })

  it('D07 takes no bearer token where bound ones are required, whatever the verifier would say', async () => {
    const { call, challengeTo, verify } = start(required)
    const [status, challenge] = await challengeTo({ authorization: 'Bearer bare' })
    expect(status).toBe(401)
    expect(challenge).toMatch(/^DPoP error="invalid_token", .*algs="ES256 EdDSA"$/)
    expect(verify).not.toHaveBeenCalled()
    expect((await call(bound)).status).toBe(200)
  })

  it('RFC 9728 section 2 is in the metadata', async () => {
    const accepted = await start().server.metadata().json()
    expect(accepted).toMatchObject({ dpop_signing_alg_values_supported: ['ES256', 'EdDSA'] })
    expect(accepted).not.toHaveProperty('dpop_bound_access_tokens_required')
    expect(await start(required).server.metadata().json()).toMatchObject({
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
      dpop_bound_access_tokens_required: true,
    })
  })

  it.each([
    [[], 'name at least one'],
    [['HS256'], 'remove "HS256"'],
    [['none'], 'remove "none"'],
  ])('refuses the algorithms %j at start', (given, message) => {
    expect(() => start({ dpop: { algorithms: given } })).toThrow(message)
    expect(() => start({ dpop: { algorithms: ['ES256'] } })).not.toThrow()
  })
})

describe('verification that is remembered', () => {
  it('D07 never stands in for a proof', async () => {
    const { call, verify } = start()
    const remembering = start({ verify: cacheVerification(verify) })
    for (const scheme of ['DPoP', 'DPoP', 'Bearer', 'Bearer']) {
      const token = scheme === 'DPoP' ? 'bound' : 'bare'
      await remembering.call({ ...bound, authorization: `${scheme} ${token}` })
    }
    expect(verify.mock.calls.map(([text]) => text)).toEqual(['bound', 'bound', 'bare'])
    expect((await remembering.call({ authorization: 'Bearer bound' })).status).toBe(401)
    expect((await remembering.call({ ...bound, authorization: 'DPoP bare' })).status).toBe(401)
    expect((await call(bound)).status).toBe(200)
  })
})
