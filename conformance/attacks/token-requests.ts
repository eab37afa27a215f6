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
  return { code: callback.parameters.get('code') ?? '', client: identity, request }
}

/** Redeems a code as its client does, but for the overrides. */
export async function redeem(
  target: Target,
  { code, client, request }: IssuedCode,
  overrides: Overrides = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const steps = withHeaders(target, headers)
  const server = await target.client.authorizationServer(request.resource ?? demoUrl)
  return steps.redeem(server, client, request, code, overrides)
}

/** The steps of the client, with headers that it would not send. */
export function withHeaders(target: Target, headers: Readonly<Record<string, string>>): OAuthSteps {
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
