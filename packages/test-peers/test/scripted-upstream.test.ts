import { describe, expect, it } from 'vitest'

import { createPkce, createScriptedUpstream, type ScriptedUpstream } from '../src/index.ts'

const issuer = 'https://as.upstream.example'

async function codeFor(upstream: ScriptedUpstream, challenge: string): Promise<string> {
  const url = new URL(`${issuer}/authorize`)
  url.search = new URLSearchParams({
    redirect_uri: 'https://gateway.example/callback',
    state: 'state-1',
    code_challenge: challenge,
  }).toString()
  const { headers } = await upstream.fetch(new Request(url))
  const back = new URL(headers.get('location') ?? '')
  expect(back.searchParams.get('state')).toBe('state-1')
  return back.searchParams.get('code') ?? ''
}

const ask = async (upstream: ScriptedUpstream, path: string, form: Record<string, string>) =>
  (await upstream.fetch(new Request(`${issuer}${path}`, { method: 'POST', body: new URLSearchParams(form) })))
    .status

describe('createScriptedUpstream', () => {
  it('gives tokens for a code and the verifier of its challenge, and for no other verifier', async () => {
    const upstream = createScriptedUpstream()
    const { verifier, challenge } = await createPkce()
    const code = await codeFor(upstream, challenge)
    expect(await ask(upstream, '/token', { code, code_verifier: `${verifier}x` })).toBe(400)
    expect(upstream.accessTokens).toEqual([])
    expect(await ask(upstream, '/token', { code, code_verifier: verifier })).toBe(200)
    expect(upstream.accessTokens).toHaveLength(1)
  })

  it('refreshes until the token is revoked', async () => {
    const upstream = createScriptedUpstream()
    const { verifier, challenge } = await createPkce()
    await ask(upstream, '/token', { code: await codeFor(upstream, challenge), code_verifier: verifier })
    const [token = ''] = upstream.refreshTokens
    const refresh = { grant_type: 'refresh_token', refresh_token: token }
    expect(await ask(upstream, '/token', refresh)).toBe(200)
    expect(await ask(upstream, '/revoke', { token })).toBe(200)
    expect(upstream.revoked).toEqual([token])
    expect(await ask(upstream, '/token', refresh)).toBe(400)
  })

  it('says of itself what a test wants it to say', async () => {
    const upstream = createScriptedUpstream({ metadata: { issuer: 'https://evil.example' } })
    const response = await upstream.fetch(new Request(`${issuer}/.well-known/oauth-authorization-server`))
    expect(await response.json()).toMatchObject({
      issuer: 'https://evil.example',
      token_endpoint: `${issuer}/token`,
    })
  })
})
