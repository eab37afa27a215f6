import {
  answerPages,
  type AuthorizationRequest,
  type ClientIdentity,
  createScriptedMcpClient,
  type OAuthSteps,
  type Overrides,
} from '@portico/test-peers'

import { demoUrl, type Target } from './target.ts'

/** A code that a user has allowed, and everything its client has to know. */
export interface IssuedCode {
  readonly code: string
  readonly client: ClientIdentity
  readonly request: AuthorizationRequest
  /** The route it is for. */
  readonly url: string
}

/** A client with a secret, which it sends by Basic authentication. */
export async function registered(
  target: Target,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<ClientIdentity> {
  const server = await target.client.authorizationServer(demoUrl)
  return target.client.register(server, { token_endpoint_auth_method: 'client_secret_basic', ...metadata })
}

/** Lets the user allow `client`, a new public one by default. */
export async function codeFor(
  target: Target,
  client?: ClientIdentity,
  options: { readonly resource?: string; readonly overrides?: Overrides } = {},
): Promise<IssuedCode> {
  const identity = client ?? { clientId: await target.newClient(), authMethod: 'none' }
  const request = await target.attempt(options.overrides, {
    clientId: identity.clientId,
    ...(options.resource !== undefined && { resource: options.resource }),
  })
  const callback = await answerPages(await target.browser.open(request.url))
  return {
    code: callback.parameters.get('code') ?? '',
    client: identity,
    request,
    url: options.resource ?? demoUrl,
  }
}

/** Redeems a code as its client does, but for the overrides. */
export async function redeem(
  target: Target,
  { code, client, request, url }: IssuedCode,
  overrides: Overrides = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const steps = withHeaders(target, headers)
  const server = await target.client.authorizationServer(url)
  return steps.redeem(server, client, request, code, overrides)
}

/** The steps of the client, with headers that it would not send. */
function withHeaders(target: Target, headers: Readonly<Record<string, string>>): OAuthSteps {
  const { browser, clock, fetch } = target
  const client = createScriptedMcpClient({
    browser,
    clock,
    fetch: (request) => {
      for (const [name, value] of Object.entries(headers)) request.headers.set(name, value)
      return fetch(request)
    },
  })
  return client.steps
}

/** The members of a JSON answer. */
export async function jsonOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  return (await response.json()) as Record<string, unknown>
}

/** The tokens of an answer that must be one. */
export async function tokensOf(
  response: Response,
): Promise<{ readonly accessToken: string; readonly refreshToken: string }> {
  const body = await jsonOf(response)
  if (response.status !== 200) throw new Error(`No tokens, but ${response.status}: ${JSON.stringify(body)}`)
  return { accessToken: String(body['access_token']), refreshToken: String(body['refresh_token']) }
}

/** Refreshes as the client of `issued` does, but for the overrides. */
export async function refresh(
  target: Target,
  { client, url }: Pick<IssuedCode, 'client' | 'url'>,
  refreshToken: string,
  overrides: Overrides = {},
): Promise<Response> {
  return target.client.steps.refresh(
    await target.client.authorizationServer(url),
    client,
    refreshToken,
    overrides,
  )
}

/** Revokes as the client does, but for the overrides. */
export async function revoke(
  target: Target,
  { client, url }: Pick<IssuedCode, 'client' | 'url'>,
  token: string,
  overrides: Overrides = {},
): Promise<Response> {
  return target.client.steps.revoke(await target.client.authorizationServer(url), client, token, overrides)
}

/** Whether the route lets a token in. */
export async function isAccepted(target: Target, url: string, accessToken: string): Promise<boolean> {
  const { status } = await target.client.mcp.call(url, 'tools/list', {}, { accessToken })
  if (status !== 200 && status !== 401) throw new Error(`The route answered ${status}.`)
  return status === 200
}
