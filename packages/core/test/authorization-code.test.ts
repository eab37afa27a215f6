import { memoryStorage } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { sha256Text } from '../src/digest.ts'
import { publicUrl, testServer } from './test-server.ts'
import type { Form } from './token-client.ts'
import {
  approvedCode,
  codeForm,
  demoResource,
  formBody,
  notesResource,
  redirectUri,
  registerClient,
  requestToken,
  verifier,
} from './token-client.ts'

async function pendingCode(
  options: Parameters<typeof approvedCode>[2] = {},
  serverOptions: Parameters<typeof testServer>[0] = {},
) {
  const server = testServer(serverOptions)
  const { client_id: clientId } = await registerClient(server)
  const code = await approvedCode(server, clientId, options)
  return { server, clientId, code, form: codeForm(clientId, code) }
}

describe('redeeming an authorization code', () => {
  it('AS-54 AS-60 answers with a bearer token, its life and its scope, and nobody may keep it', async () => {
    const { server, form } = await pendingCode()
    const { status, headers, body } = await requestToken(server, form)
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.stringMatching(/^ey/) as string,
      token_type: 'Bearer',
      expires_in: 900,
      scope: 'mcp:tools',
      refresh_token: expect.stringMatching(/^rt_/) as string,
    })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })

  it.each<[string, Form, string]>([
    ['AS-55 B06 of another client', { client_id: 'other' }, 'invalid_grant'],
    ['AS-57 without a verifier', { code_verifier: undefined }, 'invalid_grant'],
    ['AS-57 B02 with a wrong verifier', { code_verifier: `${verifier.slice(0, -1)}x` }, 'invalid_grant'],
    ['AS-57 B03 with a verifier too short', { code_verifier: verifier.slice(0, 42) }, 'invalid_grant'],
    ['AS-57 B03 with a verifier too long', { code_verifier: verifier.repeat(3) }, 'invalid_grant'],
    [
      'AS-57 B03 with the challenge in place of the verifier',
      { code_verifier: sha256Text(verifier) },
      'invalid_grant',
    ],
    ['AS-58 A06 with another redirect URI', { redirect_uri: 'http://127.0.0.1:1/callback' }, 'invalid_grant'],
    ['AS-59 B06 for another resource', { resource: notesResource }, 'invalid_target'],
    ['AS-59 for a resource of somebody else', { resource: 'https://other.example/mcp' }, 'invalid_target'],
    ['B04 altered in one character', { code: 'x' }, 'invalid_grant'],
    ['without a code', { code: undefined }, 'invalid_request'],
  ])('refuses a code %s, and B07 leaves it usable', async (_, change, error) => {
    const { server, form } = await pendingCode()
    const other = await registerClient(server)
    const changed: Form = { ...form, ...change }
    const refused = await requestToken(server, {
      ...changed,
      client_id: changed.client_id === 'other' ? other.client_id : changed.client_id,
    })
    expect(refused.status).toBe(400)
    expect(refused.body.error).toBe(error)
    expect((await requestToken(server, form)).status).toBe(200)
  })

  it('AS-58 tolerates a missing redirect_uri', async () => {
    const { server, form } = await pendingCode()
    expect((await requestToken(server, { ...form, redirect_uri: undefined })).status).toBe(200)
  })

  it.each([
    demoResource,
    `${demoResource}/`,
    'HTTPS://MCP.example.com/mcp/demo',
    'https://mcp.example.com:443/mcp/demo',
  ])('AS-59 AS-32 takes resource spelled %s', async (resource) => {
    const { server, form } = await pendingCode()
    expect((await requestToken(server, { ...form, resource })).status).toBe(200)
  })

  it('AS-34 refuses a second resource, beside the granted one too', async () => {
    const { server, form } = await pendingCode()
    const body = formBody(form)
    body.append('resource', demoResource)
    body.append('resource', notesResource)
    const response = await server.request('/oauth/token', { method: 'POST', body })
    expect(await response.json()).toMatchObject({ error: 'invalid_target' })
  })

  it('AS-55 refuses a code after its 60 seconds, and takes it just before', async () => {
    const late = await pendingCode()
    late.server.clock.seconds += 60
    expect((await requestToken(late.server, late.form)).body.error).toBe('invalid_grant')
    const inTime = await pendingCode()
    inTime.server.clock.seconds += 59
    expect((await requestToken(inTime.server, inTime.form)).status).toBe(200)
  })

  it('AS-55 B05 lets exactly one of many parallel redemptions win, and its tokens work', async () => {
    const { server, form } = await pendingCode()
    const answers = await Promise.all(Array.from({ length: 20 }, () => requestToken(server, form)))
    const winners = answers.filter((answer) => answer.status === 200)
    expect(winners).toHaveLength(1)
    expect(answers.filter((answer) => answer.body.error === 'invalid_grant')).toHaveLength(19)
    expect(await server.verifyAccessToken(winners[0]!.body.access_token, demoResource)).toBeDefined()
  })

  it('AS-55 B05 lets the winner finish when another node sees the code spent before the tokens are issued', async () => {
    const memory = memoryStorage()
    const pause: { beforeGrant?: () => Promise<void> } = {}
    const set: Storage['set'] = async (key, entry, when) => {
      if (key[0] === 'grant' && typeof when === 'object') await pause.beforeGrant?.()
      return memory.set(key, entry, when)
    }
    const { server, form } = await pendingCode({}, { storage: { ...memory, set } })
    let late: Awaited<ReturnType<typeof requestToken>> | undefined
    pause.beforeGrant = async () => {
      late = await requestToken(server, form)
    }
    const winner = await requestToken(server, form)
    expect([winner.status, late?.body.error]).toEqual([200, 'invalid_grant'])
    expect(await server.verifyAccessToken(winner.body.access_token, demoResource)).toBeDefined()
    // Once the tokens are out, another redemption is reuse.
    await requestToken(server, form)
    expect(await server.verifyAccessToken(winner.body.access_token, demoResource)).toBeUndefined()
  })

  it('AS-56 B04 revokes what was issued when the code is redeemed again', async () => {
    const { server, form } = await pendingCode()
    const { body } = await requestToken(server, form)
    expect(await server.verifyAccessToken(body.access_token, demoResource)).toBeDefined()
    const again = await requestToken(server, form)
    expect(again.body.error).toBe('invalid_grant')
    expect(await server.verifyAccessToken(body.access_token, demoResource)).toBeUndefined()
    expect(server.events.map((event) => event.name)).toContain('code.reuse_detected')
  })

  it('AS-56 B04 revokes nothing when the second redemption does not prove itself', async () => {
    const { server, form } = await pendingCode()
    const { body } = await requestToken(server, form)
    await requestToken(server, { ...form, code_verifier: `${verifier.slice(0, -1)}x` })
    expect(await server.verifyAccessToken(body.access_token, demoResource)).toBeDefined()
  })

  it('B06 refuses a code whose grant the user has revoked meanwhile', async () => {
    const { server, form } = await pendingCode()
    expect(await server.revokeGrants({ subject: 'user-1' })).toBe(1)
    expect((await requestToken(server, form)).body.error).toBe('invalid_grant')
  })

  it('AS-63 issues a refresh token to a client that registered the grant or asked for offline access, else none', async () => {
    const without = { grantTypes: ['authorization_code'] }
    const plain = await pendingCode({ client: without })
    expect((await requestToken(plain.server, plain.form)).body.refresh_token).toBeUndefined()
    const asked = await pendingCode({ client: without, request: { offlineAccess: true } })
    expect((await requestToken(asked.server, asked.form)).body.refresh_token).toBeDefined()
  })

  it('a grant is listed once its code is redeemed, and gone with its access token when nothing refreshes it', async () => {
    const { server, form } = await pendingCode({ client: { grantTypes: ['authorization_code'] } })
    expect(await server.listGrants('user-1')).toEqual([])
    await requestToken(server, form)
    expect(await server.listGrants('user-1')).toMatchObject([
      { clientName: 'Test Client', resource: demoResource },
    ])
    server.clock.seconds += 900
    expect(await server.listGrants('user-1')).toEqual([])
  })
})

describe('the token endpoint', () => {
  it.each([
    ['AS-70 for an unknown grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['for no grant type', { grant_type: undefined }, 400, 'invalid_request'],
    ['AS-20 for an empty grant type', { grant_type: '' }, 400, 'invalid_request'],
    ['AS-51 for no client', { client_id: undefined }, 400, 'invalid_request'],
    ['AS-53 for a client nobody knows', { client_id: 'unknown' }, 401, 'invalid_client'],
    ['COMPAT-32 AS-20 takes an empty scope as absent', { scope: '' }, 200, undefined],
    ['AS-50 ignores unknown parameters', { audience: 'x' }, 200, undefined],
  ])('answers %s: %o', async (_, change, status, error) => {
    const { server, form } = await pendingCode()
    const answer = await requestToken(server, { ...form, ...change })
    expect(answer.status).toBe(status)
    expect(answer.body.error).toBe(error)
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('AS-50 A10 refuses a repeated parameter', async () => {
    const { server, form } = await pendingCode()
    const body = formBody(form)
    body.append('code', 'another')
    const response = await server.request('/oauth/token', { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  it('AS-50 takes a form only, and ignores the query', async () => {
    const { server, form } = await pendingCode()
    const json = await server.request('/oauth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(form),
    })
    expect(await json.json()).toMatchObject({ error: 'invalid_request' })
    const query = await server.request(`/oauth/token?${formBody(form).toString()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=authorization_code',
    })
    expect(await query.json()).toMatchObject({ error: 'invalid_request' })
    expect((await server.request('/oauth/token')).status).toBe(405)
  })

  it.each([{ 'content-length': '40000' }, {}])('A09 reads no body beyond its limit %o', async (headers) => {
    const { server, form } = await pendingCode()
    const text = `${formBody(form).toString()}&padding=${'x'.repeat(40_000)}`
    const body = 'content-length' in headers ? text : new Blob([text]).stream()
    const response = await server.fetch(
      new Request(`${publicUrl}/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body,
        duplex: 'half',
      } as RequestInit),
    )
    expect(response.status).toBe(413)
  })

  it('AS-15 answers at the origin root too', async () => {
    const { server, form } = await pendingCode()
    const response = await server.request('/token', { method: 'POST', body: formBody(form) })
    expect(response.status).toBe(200)
  })

  it('AS-70 refuses the code grant to a client that is not registered for it', async () => {
    const server = testServer({
      clients: [
        {
          clientId: 'refresher',
          name: 'Refresher',
          grantTypes: ['refresh_token'],
          redirectUris: [redirectUri],
        },
      ],
    })
    const code = await approvedCode(server, 'refresher')
    expect((await requestToken(server, codeForm('refresher', code))).body.error).toBe('unauthorized_client')
  })
})
