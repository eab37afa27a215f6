import { type Clock, systemClock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import { createPkce, type Pkce, randomToken } from '../pkce.ts'
import { authenticate, type ClientIdentity } from './client-identity.ts'

/** Parameters of a request: `undefined` leaves out what would be sent otherwise, an array repeats the parameter. */
export type Overrides = Readonly<Record<string, string | readonly string[] | undefined>>

/** The endpoints that the steps use: a part of RFC 8414 metadata. */
export interface ServerEndpoints {
  readonly issuer: string
  readonly authorization_endpoint?: string | undefined
  readonly token_endpoint?: string | undefined
  readonly registration_endpoint?: string | undefined
  readonly revocation_endpoint?: string | undefined
  readonly introspection_endpoint?: string | undefined
}

/** An authorization request, with what the client must keep for the answer. */
export interface AuthorizationRequest {
  readonly url: string
  readonly state: string
  readonly pkce: Pkce
  readonly redirectUri: string
  readonly resource: string | undefined
}

function withOverrides(parameters: URLSearchParams, overrides: Overrides): URLSearchParams {
  for (const [name, value] of Object.entries(overrides)) {
    parameters.delete(name)
    for (const each of value === undefined ? [] : [value].flat()) parameters.append(name, each)
  }
  return parameters
}

function endpoint(server: ServerEndpoints, name: Exclude<keyof ServerEndpoints, 'issuer'>): string {
  const url = server[name]
  if (url === undefined) throw new Error(`The authorization server ${server.issuer} announces no ${name}.`)
  return url
}

/** Every request of an OAuth client, one function each; answers come back as they are, refusals included. */
export function createOAuthSteps(fetch: Fetch, redirectUri: string, clock: Clock = systemClock) {
  async function post(
    url: string,
    server: ServerEndpoints,
    client: ClientIdentity,
    parameters: Readonly<Record<string, string | undefined>>,
    overrides: Overrides,
  ): Promise<Response> {
    const body = new URLSearchParams()
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) body.set(name, value)
    const headers = new Headers({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    })
    await authenticate(client, server.issuer, { headers, body }, clock)
    return fetch(
      new Request(url, { method: 'POST', headers, body: withOverrides(body, overrides).toString() }),
    )
  }

  return {
    /** RFC 7591 §3.1. Without overrides: a public native client with the scripted redirect URI. */
    register(server: ServerEndpoints, overrides: Readonly<Record<string, unknown>> = {}): Promise<Response> {
      const metadata = {
        client_name: 'Scripted client',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        ...overrides,
      }
      return Promise.resolve(
        fetch(
          new Request(endpoint(server, 'registration_endpoint'), {
            method: 'POST',
            headers: { 'content-type': 'application/json', accept: 'application/json' },
            body: JSON.stringify(metadata),
          }),
        ),
      )
    },

    /** RFC 6749 §4.1.1 with PKCE and `resource`. */
    async authorizationRequest(
      server: ServerEndpoints,
      client: Pick<ClientIdentity, 'clientId'>,
      options: { readonly resource?: string; readonly scope?: string; readonly overrides?: Overrides } = {},
    ): Promise<AuthorizationRequest> {
      const { resource, scope, overrides = {} } = options
      const pkce = await createPkce()
      const state = randomToken()
      const url = new URL(endpoint(server, 'authorization_endpoint'))
      const parameters = new URLSearchParams({
        response_type: 'code',
        client_id: client.clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge: pkce.challenge,
        code_challenge_method: pkce.method,
        ...(resource === undefined ? {} : { resource }),
        ...(scope === undefined ? {} : { scope }),
      })
      for (const [name, value] of withOverrides(parameters, overrides)) url.searchParams.append(name, value)
      return {
        url: url.href,
        state,
        pkce,
        redirectUri: url.searchParams.get('redirect_uri') ?? redirectUri,
        resource,
      }
    },

    /** RFC 6749 §4.1.3. */
    redeem(
      server: ServerEndpoints,
      client: ClientIdentity,
      request: AuthorizationRequest,
      code: string,
      overrides: Overrides = {},
    ): Promise<Response> {
      const parameters = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: request.redirectUri,
        code_verifier: request.pkce.verifier,
        resource: request.resource,
      }
      return post(endpoint(server, 'token_endpoint'), server, client, parameters, overrides)
    },

    /** RFC 6749 §6. */
    refresh(
      server: ServerEndpoints,
      client: ClientIdentity,
      refreshToken: string,
      overrides: Overrides = {},
    ): Promise<Response> {
      const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken }
      return post(endpoint(server, 'token_endpoint'), server, client, parameters, overrides)
    },

    /** RFC 7009 §2.1. */
    revoke(
      server: ServerEndpoints,
      client: ClientIdentity,
      token: string,
      overrides: Overrides = {},
    ): Promise<Response> {
      return post(endpoint(server, 'revocation_endpoint'), server, client, { token }, overrides)
    },

    /** RFC 7662 §2.1. */
    introspect(
      server: ServerEndpoints,
      client: ClientIdentity,
      token: string,
      overrides: Overrides = {},
    ): Promise<Response> {
      return post(endpoint(server, 'introspection_endpoint'), server, client, { token }, overrides)
    },
  }
}

/** The steps of an OAuth client. */
export type OAuthSteps = ReturnType<typeof createOAuthSteps>
