import { observeFetch } from '@portico/gateway-app/check/exchanges'
import { createSdkCredentials } from '@portico/gateway-app/check/sdk-credentials'
import { answerPages, createScriptedMcpClient } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'
import { expect, it } from 'vitest'

import { createBrowser, redirectUri, runDemo } from './running-demo.ts'
import { createSdkV1Session } from './sdk-v1-session.ts'

it('a gateway that restarts between any two steps loses nothing that was registered, granted or issued', async () => {
  const demo = await runDemo()
  const url = `${demo.origin}/mcp/demo`
  const browser = createBrowser()
  const client = createScriptedMcpClient({ fetch: nodeFetch, browser, redirectUri })
  const restarted = async <Result>(step: Promise<Result>): Promise<Result> => {
    const result = await step
    await demo.restartGateway()
    return result
  }

  const challenge = await restarted(client.challenge(url))
  const resource = await restarted(client.protectedResource(url, challenge))
  const server = await restarted(client.authorizationServer(resource.authorization_servers?.[0] ?? ''))
  const identity = await restarted(client.register(server))
  const request = await client.steps.authorizationRequest(server, identity, {
    resource: resource.resource,
    scope: `${challenge.scope ?? ''} offline_access`.trim(),
  })
  const login = await restarted(browser.open(request.url))
  expect(login.title).toBe('Sign in')
  const consent = await restarted(
    login.submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' }),
  )
  const callback = await restarted(answerPages(consent))
  const first = await restarted(client.redeem(server, identity, request, callback))
  const call = (accessToken: string) => client.mcp.call(url, 'tools/list', {}, { accessToken })
  expect((await restarted(call(first.accessToken))).result).toHaveProperty('tools')

  const refresh = (token: string) => restarted(client.steps.refresh(server, identity, token))
  const second = (await (await refresh(first.refreshToken ?? '')).json()) as Record<string, string>
  expect((await restarted(call(second.access_token ?? ''))).status).toBe(200)
  // The lost answer of a refresh: the same successor, also after a restart.
  const again = (await (await refresh(first.refreshToken ?? '')).json()) as Record<string, string>
  expect(again.refresh_token).toBe(second.refresh_token)

  const third = (await (await refresh(second.refresh_token ?? '')).json()) as Record<string, string>
  const reused = await refresh(first.refreshToken ?? '')
  expect([reused.status, await reused.json()]).toMatchObject([400, { error: 'invalid_grant' }])
  expect((await restarted(call(third.access_token ?? ''))).status).toBe(401)
})

it('a revocation survives a restart', async () => {
  const demo = await runDemo()
  const client = createScriptedMcpClient({ fetch: nodeFetch, browser: createBrowser(), redirectUri })
  const connection = await client.connect(`${demo.origin}/mcp/demo`)
  expect((await connection.call('tools/list')).status).toBe(200)
  await client.steps.revoke(connection.server, connection.client, connection.tokens.refreshToken ?? '')
  await demo.restartGateway()
  expect((await connection.call('tools/list')).status).toBe(401)
})

it('a session of the session era goes on after a restart', async () => {
  const demo = await runDemo()
  const credentials = createSdkCredentials(redirectUri)
  const session = createSdkV1Session(`${demo.origin}/mcp/demo`, credentials, observeFetch())
  await session.askForLogin()
  const page = await answerPages(await createBrowser().open(credentials.authorizationUrl()))
  await session.finishLogin(page.parameters)
  const client = await session.connect()
  await demo.restartGateway()
  expect(await client.callTool('echo', { text: 'still here' })).toMatchObject({
    result: { content: [{ text: 'still here' }] },
  })
  await client.close()
})
