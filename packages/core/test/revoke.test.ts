import { describe, expect, it } from 'vitest'

import { hostedUri, signInFlow } from './sign-in-flow.ts'
import { testServer } from './test-server.ts'
import {
  approvedCode,
  codeForm,
  demoResource,
  formBody,
  refreshForm,
  registerClient,
  requestToken,
  signedInClient,
} from './token-client.ts'
import type { Form } from './token-client.ts'

type TestServer = ReturnType<typeof testServer>

function revoke(server: TestServer, form: Form): Promise<Response> {
  return server.request('/oauth/revoke', { method: 'POST', body: formBody(form) })
}

describe('POST /revoke', () => {
  it.each(['access_token', 'refresh_token'] as const)(
    'AS-80 C07 ends the grant with its %s: every token of it is worthless at once',
    async (kind) => {
      const server = testServer()
      const { clientId, tokens } = await signedInClient(server)
      expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toBeDefined()
      const response = await revoke(server, { client_id: clientId, token: tokens[kind] })
      expect(response.status).toBe(200)
      expect(await response.text()).toBe('')
      expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toBeUndefined()
      const refreshed = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
      expect(refreshed.body.error).toBe('invalid_grant')
      expect(server.events.slice(-2)).toMatchObject([
        { name: 'grant.revoked', reason: 'client', subject: 'user-1' },
        { name: 'token.refused', reason: 'invalid_grant', clientId },
      ])
    },
  )

  it('AS-80 takes a rotated refresh token too', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    await revoke(server, { client_id: clientId, token: tokens.refresh_token })
    expect(await server.listGrants('user-1')).toEqual([])
  })

  it.each(['nonsense', 'at_nonsense', 'rt_nonsense', 'a.b.c'])(
    'AS-80 answers 200 for the unknown token %s',
    async (token) => {
      const server = testServer()
      const { client_id } = await registerClient(server)
      expect((await revoke(server, { client_id, token })).status).toBe(200)
    },
  )

  it.each(['access_token', 'refresh_token'] as const)(
    "AS-80 C07 refuses another client's %s, whatever the hint, and revokes nothing",
    async (kind) => {
      const server = testServer()
      const { tokens } = await signedInClient(server)
      const { client_id } = await registerClient(server)
      const refused = await revoke(server, {
        client_id,
        token: tokens[kind],
        token_type_hint: 'refresh_token',
      })
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({ error: 'invalid_grant' })
      expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toBeDefined()
    },
  )

  it.each([
    ['AS-53 of a client nobody knows', { client_id: 'unknown', token: 'x' }, 401, 'invalid_client'],
    ['without a token', { token: undefined }, 400, 'invalid_request'],
  ])('refuses a request %s', async (_, change, status, error) => {
    const server = testServer()
    const { client_id } = await registerClient(server)
    const refused = await revoke(server, { client_id, ...change })
    expect(refused.status).toBe(status)
    expect(await refused.json()).toMatchObject({ error })
  })

  it('AS-72 answers a preflight without authentication', async () => {
    const response = await testServer().request('/oauth/revoke', { method: 'OPTIONS' })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
  })
})

describe('revoking by user and by client', () => {
  it('AS-82 ends the grants of one user with one client, and no others', async () => {
    const server = testServer()
    const first = await signedInClient(server)
    const second = await signedInClient(server)
    const other = await signedInClient(server, { subject: 'user-2' })
    expect(await server.revokeGrants({ subject: 'user-1', clientId: first.clientId })).toBe(1)
    expect(await server.verifyAccessToken(first.tokens.access_token, demoResource)).toBeUndefined()
    expect(await server.verifyAccessToken(second.tokens.access_token, demoResource)).toBeDefined()
    expect(await server.verifyAccessToken(other.tokens.access_token, demoResource)).toBeDefined()
  })

  it('AS-82 ends what a user granted up to a time, and nothing later', async () => {
    const server = testServer()
    const early = await signedInClient(server)
    const before = server.clock.seconds
    server.clock.seconds += 1
    const late = await signedInClient(server)
    expect(await server.revokeGrants({ subject: 'user-1', before })).toBe(1)
    expect(await server.verifyAccessToken(early.tokens.access_token, demoResource)).toBeUndefined()
    expect(await server.verifyAccessToken(late.tokens.access_token, demoResource)).toBeDefined()
  })

  it('AS-82 ends every grant of one client, for all users, and new ones are possible', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const other = await signedInClient(server)
    await server.revokeAccess({ clientId })
    server.clock.seconds += 5
    expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toBeUndefined()
    expect((await requestToken(server, refreshForm(clientId, tokens.refresh_token))).body.error).toBe(
      'invalid_grant',
    )
    expect(await server.verifyAccessToken(other.tokens.access_token, demoResource)).toBeDefined()
    const again = await requestToken(server, codeForm(clientId, await approvedCode(server, clientId)))
    expect(await server.verifyAccessToken(again.body.access_token, demoResource)).toBeDefined()
  })

  it('AS-82 ends what everybody was allowed up to a time, and nothing later', async () => {
    const server = testServer()
    const early = await signedInClient(server)
    const before = server.clock.seconds
    server.clock.seconds += 10
    const late = await signedInClient(server, { subject: 'user-2' })
    expect(await server.revokeAccess({ before })).toEqual({})
    expect(await server.verifyAccessToken(early.tokens.access_token, demoResource)).toBeUndefined()
    expect(
      (await requestToken(server, refreshForm(early.clientId, early.tokens.refresh_token))).body.error,
    ).toBe('invalid_grant')
    expect(await server.verifyAccessToken(late.tokens.access_token, demoResource)).toBeDefined()
    expect(await server.listGrants('user-1')).toEqual([])
    // An earlier time does not bring back what a later one has ended.
    await server.revokeAccess({ before: before - 100 })
    expect(await server.verifyAccessToken(early.tokens.access_token, demoResource)).toBeUndefined()
  })

  it('AS-82 ends sessions and remembered consents with the access of a user, but not for one client alone', async () => {
    const flow = signInFlow({ redirectUri: hostedUri, server: { rememberConsentSeconds: 86_400 } })
    const clientId = await flow.register()
    const open = async () => flow.browser.open((await flow.request({}, { clientId })).url)
    const allow = async () => (await open()).submit({ remember: '1' }, { button: 'Allow' })
    await allow()
    const { subject = '' } = flow.events.find(({ name }) => name === 'login.succeeded') ?? {}
    expect((await open()).url).toContain(hostedUri)

    await flow.server.revokeAccess({ subject, clientId })
    const logins = () => flow.events.filter(({ name }) => name === 'login.succeeded').length
    expect((await allow()).url).toContain(hostedUri)
    expect(logins()).toBe(1)
    expect((await open()).url).toContain(hostedUri)

    expect(await flow.server.revokeAccess({ subject })).toMatchObject({ sessions: 1 })
    expect((await open()).text).toContain('wants to use Demo')
    expect(logins()).toBe(2)
    expect(flow.events).toContainEqual(expect.objectContaining({ name: 'access.revoked', subject }))
  })

  it('AS-82 ends sessions and remembered consents of everybody up to a time', async () => {
    const flow = signInFlow({ redirectUri: hostedUri, server: { rememberConsentSeconds: 86_400 } })
    const clientId = await flow.register()
    const open = async () => flow.browser.open((await flow.request({}, { clientId })).url)
    await (await open()).submit({ remember: '1' }, { button: 'Allow' })
    const before = flow.clock.seconds()
    flow.clock.advance(1)
    await flow.server.revokeAccess({ before: before - 1 })
    expect((await open()).url).toContain(hostedUri)
    await flow.server.revokeAccess({ before })
    expect((await open()).text).toContain('wants to use Demo')
    expect(flow.events.filter(({ name }) => name === 'login.succeeded')).toHaveLength(2)
  })

  it.each([{}, { before: 2_000_000_000 }, { subject: 'user-1', before: 1.5 }])(
    'refuses a selection of nothing, or of a time to come: %o',
    async (selection) => {
      const server = testServer()
      await expect(server.revokeAccess(selection)).rejects.toThrow(TypeError)
    },
  )
})
