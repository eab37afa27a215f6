import { describe, expect, it } from 'vitest'

import { createProviderProbe } from '../../src/login/provider-probe.ts'
import { type FlowOptions, signInFlow } from '../sign-in-flow.ts'
import { publicUrl } from '../test-server.ts'

function probe(changes: FlowOptions['provider'] = {}, server: FlowOptions['server'] = {}) {
  const flow = signInFlow({ provider: changes, server })
  const [provider] = flow.server.context.settings.providers
  if (!provider) throw new Error('the flow has a provider')
  return { ...flow, probe: createProviderProbe(flow.server.context, provider) }
}

describe('a probe', () => {
  it('asks for authorization as a login does, without a user', async () => {
    const { idp, fetch, probe: asked } = probe()
    idp.signInAs(undefined)
    const { url, state } = asked.authorizationRequest()
    const answer = await fetch(url, { redirect: 'manual' })
    const location = new URL(answer.headers.get('location') ?? '')
    expect(location.origin + location.pathname).toBe(`${publicUrl}/oauth/callback`)
    expect(asked.redirectUri).toBe(`${publicUrl}/oauth/callback`)
    expect(Object.fromEntries(location.searchParams)).toMatchObject({ error: 'login_required', state })
    expect(url.searchParams.get('code_challenge_method')).toBe('S256')
  })

  it.each([
    ['a refresh token needs', { offlineAccess: { parameters: { prompt: 'consent' } } }],
    ['the adapter states', { browserLogin: { parameters: { prompt: 'select_account' } } }],
  ])('asks for no page, whatever %s (OpenID Connect Core §3.1.2.1)', (_, provider) => {
    const { url } = probe(provider, { recheckUsersSeconds: 60 }).probe.authorizationRequest()
    expect(url.searchParams.get('prompt')).toBe('none')
  })

  it('sends no prompt that the provider does not understand', () => {
    const { url } = probe({ browserLogin: { prompts: ['login'] } }).probe.authorizationRequest()
    expect(url.searchParams.has('prompt')).toBe(false)
  })

  it('shows by the answer of the token endpoint whether the provider knows the client', async () => {
    const known = await probe().probe.tokenAnswer()
    expect([known.status, await known.json()]).toMatchObject([400, { error: 'invalid_grant' }])
    const wrong = { client: { id: 'client', secret: 'other', authMethod: 'client_secret_post' } as const }
    const unknown = await probe(wrong).probe.tokenAnswer()
    expect([unknown.status, await unknown.json()]).toMatchObject([401, { error: 'invalid_client' }])
  })
})
