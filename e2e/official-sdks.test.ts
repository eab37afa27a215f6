import { observeFetch } from '@portico/gateway-app/check/exchanges'
import { createSdkCredentials } from '@portico/gateway-app/check/sdk-credentials'
import type { RunningDemo } from '@portico/gateway-app/start-demo'
import { answerPages, parseChallenge } from '@portico/test-peers'
import { serveOnLoopback } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

import { createBrowser, redirectUri, runDemo } from './running-demo.ts'
import { createSdkV1Session } from './sdk-v1-session.ts'
import { createSdkV2Session } from './sdk-v2-session.ts'

const generations = {
  'SDK v1': createSdkV1Session,
  'SDK v2, legacy era': (...options: Parameters<typeof createSdkV1Session>) =>
    createSdkV2Session(...options, 'legacy'),
  'SDK v2, 2026-07-28': (...options: Parameters<typeof createSdkV1Session>) =>
    createSdkV2Session(...options, { pin: '2026-07-28' }),
  'SDK v2, auto': (...options: Parameters<typeof createSdkV1Session>) =>
    createSdkV2Session(...options, 'auto'),
}

/** Serves a client metadata document (CIMD) and returns its URL, which is the client id. */
async function serveDocument(): Promise<string> {
  const server = await serveOnLoopback(
    (origin) => () =>
      Response.json({
        client_id: `${origin}/client.json`,
        client_name: 'Portico end-to-end test',
        redirect_uris: ['http://127.0.0.1/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      }),
  )
  onTestFinished(() => server.close())
  return `${server.origin}/client.json`
}

function createParty(
  demo: RunningDemo,
  createSession: (typeof generations)['SDK v1'],
  clientId?: string,
  path = '/mcp/demo',
) {
  const exchanges = observeFetch()
  const credentials = createSdkCredentials(redirectUri, clientId)
  const session = createSession(`${demo.origin}${path}`, credentials, exchanges)
  return { exchanges, credentials, session }
}

describe.each(Object.entries(generations))('%s', (_, createSession) => {
  it('registers, signs in and uses tools, a prompt and a resource', async () => {
    const demo = await runDemo()
    const { session, credentials } = createParty(demo, createSession)
    await session.askForLogin()
    const page = await answerPages(await createBrowser().open(credentials.authorizationUrl()))
    await session.finishLogin(page.parameters)
    const client = await session.connect()
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name)).toContain('countdown')
    expect(await client.callTool('add', { a: 2, b: 3 })).toMatchObject({
      result: { structuredContent: { sum: 5 } },
    })
    expect(await client.callTool('countdown', { from: 3, stepMs: 0 })).toMatchObject({ progress: 3 })
    expect(await client.readResource('demo://about')).toMatchObject({ contents: [{ uri: 'demo://about' }] })
    expect(await client.getPrompt('welcome', { name: 'Ada' })).toMatchObject({ messages: [{ role: 'user' }] })
    await client.close()
    expect(demo.demo.leaks).toEqual([])
  })

  it('uses a client id that is a metadata document', async () => {
    const demo = await runDemo()
    const { session, credentials, exchanges } = createParty(demo, createSession, await serveDocument())
    await session.askForLogin()
    const page = await answerPages(await createBrowser().open(credentials.authorizationUrl()))
    await session.finishLogin(page.parameters)
    const client = await session.connect()
    expect((await client.listTools()).tools).not.toEqual([])
    await client.close()
    expect(exchanges.has('POST', '/oauth/register')).toBe(false)
  })

  it('recovers from a bad access token by refreshing, and asks for a login once the grant is revoked', async () => {
    const demo = await runDemo()
    const { session, credentials, exchanges } = createParty(demo, createSession)
    await session.askForLogin()
    const page = await answerPages(await createBrowser().open(credentials.authorizationUrl()))
    await session.finishLogin(page.parameters)
    const client = await session.connect()
    const before = credentials.currentTokens()
    credentials.spoilAccessToken()
    await client.listTools()
    const after = credentials.currentTokens()
    expect(after.refresh_token).not.toBe(before.refresh_token)

    const revoked = await exchanges.fetch(credentials.endpoint('revocation_endpoint'), {
      method: 'POST',
      body: new URLSearchParams({
        token: after.refresh_token ?? '',
        client_id: credentials.currentClientId(),
      }),
    })
    expect(revoked.status).toBe(200)
    // The second generation says there that the refresh failed, which is what is asked for here.
    const warnings = vi.spyOn(console, 'warn').mockImplementation(() => {})
    onTestFinished(() => warnings.mockRestore())
    await expect(client.listTools()).rejects.toThrow()
    expect(
      parseChallenge(new Response(null, exchanges.find('POST', '/mcp/demo', 401))).parameters.error,
    ).toBe('invalid_token')
    await client.close()
  })

  it('has a token for one route only (RS-12)', async () => {
    const demo = await runDemo()
    const { session, credentials, exchanges } = createParty(demo, createSession)
    await session.askForLogin()
    const page = await answerPages(await createBrowser().open(credentials.authorizationUrl()))
    await session.finishLogin(page.parameters)
    const headers = {
      authorization: `Bearer ${credentials.currentTokens().access_token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} })
    const ask = (path: string) => exchanges.fetch(`${demo.origin}${path}`, { method: 'POST', headers, body })
    expect((await ask('/mcp/notes')).status).toBe(401)
    expect((await ask('/mcp/demo')).status).not.toBe(401)
    expect(demo.notes.leaks).toEqual([])
  })
})

it('AS-30 SDK v2 refuses an answer without iss, which the metadata announces', async () => {
  const demo = await runDemo()
  const { session, credentials } = createParty(demo, generations['SDK v2, auto'])
  await session.askForLogin()
  const page = await answerPages(await createBrowser().open(credentials.authorizationUrl()))
  const withoutIssuer = new URLSearchParams(page.parameters)
  withoutIssuer.delete('iss')
  await expect(session.finishLogin(withoutIssuer)).rejects.toThrow()
  await session.finishLogin(page.parameters)
})
