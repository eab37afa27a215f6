import type { Client } from '@modelcontextprotocol/client'
import { createScriptedBrowser, type Page, parseChallenge } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'

import type { RunningDemo } from '../start-demo.ts'
import { describeExchange, observeFetch } from './exchanges.ts'
import type { Report } from './report.ts'
import { createSdkCredentials } from './sdk-credentials.ts'
import { createSdkSession } from './sdk-session.ts'

/** How the client of a flow becomes known to the gateway. */
export type Registration =
  | { readonly kind: 'DCR' }
  /** `fetches` counts how often the document was asked for. */
  | { readonly kind: 'CIMD'; readonly clientId: string; readonly fetches: () => number }

const redirectUri = 'http://127.0.0.1:33418/callback'

function expect(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Error(problem)
}

/** One client from its first request to the end of its grant, a line for each step. */
export async function checkFlow(
  demo: RunningDemo,
  registration: Registration,
  report: Report,
): Promise<void> {
  const { step } = report
  const url = `${demo.origin}/mcp/demo`
  const path = '/mcp/demo'
  const exchanges = observeFetch()
  const credentials = createSdkCredentials(
    redirectUri,
    registration.kind === 'CIMD' ? registration.clientId : undefined,
  )
  const session = createSdkSession(url, credentials, exchanges)
  const browser = createScriptedBrowser({ fetch: nodeFetch, stopAt: [redirectUri] })

  await step('401 with challenge', async () => {
    await session.askForLogin()
    const refused = exchanges.find('POST', path, 401)
    const { resourceMetadata } = parseChallenge(new Response(null, refused))
    expect(resourceMetadata !== undefined, 'The challenge has no resource_metadata.')
    return describeExchange(refused)
  })

  await step('protected resource metadata', () =>
    describeExchange(exchanges.find('GET', '/.well-known/oauth-protected-resource', 200)),
  )

  await step('authorization server metadata', () =>
    describeExchange(exchanges.find('GET', '/.well-known/oauth-authorization-server', 200)),
  )

  await step(`registration (${registration.kind})`, () => {
    if (registration.kind === 'DCR') return describeExchange(exchanges.find('POST', '/oauth/register', 201))
    expect(
      !exchanges.has('POST', '/oauth/register'),
      'The client registered itself although its id is a document.',
    )
    return `client_id ${registration.clientId}`
  })

  let page: Page | undefined
  const current = (): Page => {
    expect(page !== undefined, 'There is no page.')
    return page
  }

  await step('authorize', async () => {
    page = await browser.open(credentials.authorizationUrl())
    expect(page.url.startsWith(demo.idp.issuer), `The browser is at ${page.url}: ${page.text.slice(0, 200)}`)
    if (registration.kind === 'CIMD')
      expect(registration.fetches() > 0, 'Nobody fetched the metadata document.')
    return `→ ${new URL(page.url).origin} "${page.title}"`
  })

  await step('password login at the dev IdP', async () => {
    page = await current().submit({ username: 'demo', password: 'portico' }, { button: 'Sign in' })
    expect(page.url.startsWith(demo.origin), `The browser is at ${page.url}: ${page.text.slice(0, 200)}`)
    return `demo / portico → ${new URL(page.url).pathname}`
  })

  await step('consent', async () => {
    const { text } = current()
    expect(text.includes('127.0.0.1:33418'), 'The consent page does not name the host it returns to.')
    page = await current().submit({}, { button: /^(allow|approve|authorize)\b/i })
    return 'names client and redirect host, allowed'
  })

  await step('code', () => {
    const { stopped, parameters, url: target } = current()
    expect(stopped && parameters.has('code'), `The browser did not return with a code: ${target}`)
    expect(parameters.get('iss') === credentials.issuer(), `iss is ${parameters.get('iss')}.`)
    return `${redirectUri}?code=…&state=…&iss=…`
  })

  await step('token', async () => {
    await session.finishLogin(current().parameters)
    const { expires_in: lifetime, scope } = credentials.currentTokens()
    return `${describeExchange(exchanges.find('POST', '/oauth/token', 200))}, ${lifetime} s, scope "${scope}"`
  })

  let client: Client | undefined
  const connected = (): Client => {
    expect(client !== undefined, 'The client is not connected.')
    return client
  }

  await step('tools/list', async () => {
    client = await session.connect()
    const { tools } = await client.listTools()
    expect(
      tools.some(({ name }) => name === 'echo'),
      'There is no tool "echo".',
    )
    return `${tools.map(({ name }) => name).join(', ')} (${client.getNegotiatedProtocolVersion() ?? 'unknown revision'})`
  })

  await step('tools/call (JSON)', async () => {
    const { structuredContent } = await connected().callTool({ name: 'add', arguments: { a: 2, b: 3 } })
    expect(
      JSON.stringify(structuredContent) === '{"sum":5}',
      `2 + 3 is ${JSON.stringify(structuredContent)}.`,
    )
    const { contentType } = exchanges.find('POST', path, 200)
    expect(contentType === 'application/json', `The answer is ${contentType}.`)
    return `add(2, 3) = 5, ${contentType}`
  })

  await step('tools/call (streamed)', async () => {
    let count = 0
    const call = { name: 'countdown', arguments: { from: 3, stepMs: 20 } }
    await connected().callTool(call, { onprogress: () => void (count += 1) })
    expect(count === 3, `There were ${count} progress notifications instead of 3.`)
    const { contentType } = exchanges.find('POST', path, 200)
    expect(contentType === 'text/event-stream', `The answer is ${contentType}.`)
    return `countdown(3), 3 × progress, ${contentType}`
  })

  const post = (
    endpoint: 'token_endpoint' | 'revocation_endpoint',
    parameters: Record<string, string>,
  ): Promise<Response> =>
    exchanges.fetch(credentials.endpoint(endpoint), {
      method: 'POST',
      body: new URLSearchParams({ ...parameters, client_id: credentials.currentClientId() }),
    })
  const refreshWith = (refreshToken: string): Promise<Response> =>
    post('token_endpoint', { grant_type: 'refresh_token', refresh_token: refreshToken })

  const first = credentials.currentTokens().refresh_token ?? ''
  await step('refresh', async () => {
    credentials.spoilAccessToken()
    await connected().listTools()
    const { refresh_token: second = '' } = credentials.currentTokens()
    expect(second !== '' && second !== first, 'The refresh token was not rotated.')
    const next = await refreshWith(second)
    expect(next.status === 200, `The new refresh token was answered ${next.status}.`)
    return `after a 401 by itself, then once more; rotated both times`
  })

  await step('rotated token refused', async () => {
    const response = await refreshWith(first)
    const { error } = (await response.json()) as { error?: string }
    expect(
      response.status === 400 && error === 'invalid_grant',
      `It was answered ${response.status} ${error}.`,
    )
    return `POST ${new URL(response.url).pathname} → 400 invalid_grant, and the grant is ended`
  })

  await step('signed in again', async () => {
    await connected().close()
    credentials.forgetTokens()
    await session.askForLogin()
    const consent = await browser.open(credentials.authorizationUrl())
    const callback = await consent.submit({}, { button: /^(allow|approve|authorize)\b/i })
    await session.finishLogin(callback.parameters)
    client = await session.connect()
    return 'the identity provider remembers, the gateway asks again'
  })

  await step('revoke', async () => {
    const token = credentials.currentTokens().refresh_token ?? ''
    const response = await post('revocation_endpoint', { token })
    expect(response.status === 200, `It was answered ${response.status}.`)
    return describeExchange(exchanges.find('POST', '/oauth/revoke', 200))
  })

  await step('401', async () => {
    const response = await exchanges.fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${credentials.currentTokens().access_token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    expect(response.status === 401, `The revoked grant's access token was answered ${response.status}.`)
    expect(
      parseChallenge(response).parameters['error'] === 'invalid_token',
      'The challenge lacks error="invalid_token".',
    )
    await connected().close()
    return `${describeExchange(exchanges.find('POST', path, 401))} invalid_token`
  })

  await step('upstream received no credential', () => {
    const { leaks } = demo.demo
    expect(leaks.length === 0, leaks.map(({ headers }) => headers.join(', ')).join('; '))
    return 'no token or cookie of the gateway'
  })
}
