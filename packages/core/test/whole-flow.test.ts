import { createSafeFetch } from '@portico/safe-fetch'
import { createScriptedBrowser, createScriptedMcpClient, routeByOrigin } from '@portico/test-peers'
import { expect, it } from 'vitest'

import { demoUrl, loopbackUri, signInFlow } from './sign-in-flow.ts'
import { publicUrl, testKey } from './test-server.ts'

it('signs a client in from registration to revocation', async () => {
  const flow = signInFlow()
  const { client, browser, server } = flow
  const metadata = await client.authorizationServer(demoUrl)
  const identity = await client.register(metadata)
  const request = await client.steps.authorizationRequest(metadata, identity, {
    resource: demoUrl,
    scope: 'mcp:tools offline_access',
  })

  const consent = await browser.open(request.url)
  expect(consent.status).toBe(200)
  expect(consent.text).toContain('An app on this computer wants to use Demo')
  expect(consent.text).toContain('Ada Lovelace · ada@example.com')
  const callback = await consent.submit({}, { button: 'Allow' })
  const tokens = await client.redeem(metadata, identity, request, callback)
  expect(tokens).toMatchObject({ scope: 'mcp:tools', expiresInSeconds: 900 })

  const verified = await server.verifyAccessToken(tokens.accessToken, demoUrl)
  expect(verified).toMatchObject({ clientId: identity.clientId, scopes: ['mcp:tools'] })
  const grants = await server.listGrants(verified?.subject ?? '')
  expect(grants).toHaveLength(1)

  const refreshed = await client.steps.refresh(metadata, identity, tokens.refreshToken ?? '')
  expect(refreshed.status).toBe(200)
  const { refresh_token: next } = (await refreshed.json()) as { refresh_token: string }
  expect((await client.steps.revoke(metadata, identity, next)).status).toBe(200)
  expect((await client.steps.refresh(metadata, identity, next)).status).toBe(400)
  expect(await server.verifyAccessToken(tokens.accessToken, demoUrl)).toBeUndefined()
  expect(browser.refusedCookies).toEqual([])
})

it('carries on when it is restarted between any two requests, and when its key is rotated meanwhile', async () => {
  const first = signInFlow()
  const newerKey = 'hT1Yc0b9Rz0mX3uQ4wLq8sKpVn6jDfGaE2iOyB5ZtCk'
  let keys: readonly string[] = [testKey]
  const handle = (request: Request): Response | Promise<Response> =>
    signInFlow({
      storage: () => first.server.context.storage,
      server: {
        keys,
        now: first.clock.seconds,
        fetch: createSafeFetch({ fetch: (url, init) => first.idp.fetch(url, init) }),
      },
    }).server.fetch(request)
  const fetch = routeByOrigin({ [publicUrl]: handle, 'https://idp.example': first.idp.fetch })
  const browser = createScriptedBrowser({ fetch, clock: first.clock, stopAt: [loopbackUri] })
  const client = createScriptedMcpClient({ fetch, browser, clock: first.clock, redirectUri: loopbackUri })

  const metadata = await client.authorizationServer(demoUrl)
  const identity = await client.register(metadata)
  const request = await client.steps.authorizationRequest(metadata, identity, { resource: demoUrl })
  const consent = await browser.open(request.url)
  keys = [newerKey, testKey]
  const callback = await consent.submit({}, { button: 'Allow' })
  const again = await consent.submit({}, { button: 'Allow' })
  expect(again.url).toBe(callback.url)
  const tokens = await client.redeem(metadata, identity, request, callback)
  const refreshed = await client.steps.refresh(metadata, identity, tokens.refreshToken ?? '')
  expect(refreshed.status).toBe(200)
})
