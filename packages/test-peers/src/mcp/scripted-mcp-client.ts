import * as oauth from 'oauth4webapi'

import type { Page } from '../browser/page.ts'
import type { ScriptedBrowser } from '../browser/scripted-browser.ts'
import { type Clock, systemClock } from '../clock.ts'
import type { Fetch } from '../fetch.ts'
import { type Challenge, parseChallenge } from './challenge.ts'
import { type ClientIdentity, identityOf } from './client-identity.ts'
import {
  createMcpRequests,
  type McpAnswer,
  type McpRequestOptions,
  type McpRequests,
} from './mcp-requests.ts'
import { type AuthorizationRequest, createOAuthSteps, type OAuthSteps } from './oauth-steps.ts'
import { answerPages, type Person } from './sign-in.ts'

/** What the client is made of. */
export interface ScriptedMcpClientOptions {
  readonly fetch: Fetch
  /** Must stop at `redirectUri`. */
  readonly browser: ScriptedBrowser
  /** Default `http://127.0.0.1:33418/callback`. */
  readonly redirectUri?: string
  readonly clock?: Clock
}

/** The tokens of an answer of the token endpoint. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly scope: string | undefined
  readonly expiresInSeconds: number | undefined
}

/** How to connect. */
export interface ConnectOptions {
  /** A known client or the URL of a metadata document; without it, the client registers itself. */
  readonly client?: ClientIdentity
  /** Members of the registration. */
  readonly registration?: Readonly<Record<string, unknown>>
  /** Default: the challenge's scope, with `offline_access` where the server offers it. */
  readonly scope?: string
  readonly person?: Person
}

/** A client that is connected to one MCP endpoint. */
export interface McpConnection {
  readonly url: string
  readonly challenge: Challenge
  readonly resource: oauth.ResourceServer
  readonly server: oauth.AuthorizationServer
  readonly client: ClientIdentity
  readonly request: AuthorizationRequest
  /** Where the browser stopped: the answer of the authorization endpoint. */
  readonly callback: Page
  /** The newest tokens: `refresh` replaces them. */
  readonly tokens: Tokens
  call(
    method: string,
    parameters?: Readonly<Record<string, unknown>>,
    options?: McpRequestOptions,
  ): Promise<McpAnswer>
  /** Exchanges the refresh token, strictly. */
  refresh(): Promise<Tokens>
}

/** A client in which every step can be taken alone, and `connect` takes them all, as strict as oauth4webapi. */
export interface ScriptedMcpClient {
  readonly redirectUri: string
  readonly steps: OAuthSteps
  readonly mcp: McpRequests
  /** Asks the endpoint without a token and reads the refusal. */
  challenge(url: string): Promise<Challenge>
  /** RFC 9728, from the URL the challenge names; `resource` must be exactly the URL. */
  protectedResource(url: string, challenge: Challenge): Promise<oauth.ResourceServer>
  /** RFC 8414, path-inserted; `issuer` must be exactly the given one. */
  authorizationServer(issuer: string): Promise<oauth.AuthorizationServer>
  /** RFC 7591, strictly. */
  register(
    server: oauth.AuthorizationServer,
    metadata?: Readonly<Record<string, unknown>>,
  ): Promise<ClientIdentity>
  /** Opens the request in the browser and lets the person answer every page. */
  authorize(request: AuthorizationRequest, person?: Person): Promise<Page>
  /** Checks the answer (state, RFC 9207 `iss`) and redeems its code, strictly. */
  redeem(
    server: oauth.AuthorizationServer,
    client: ClientIdentity,
    request: AuthorizationRequest,
    callback: Page,
  ): Promise<Tokens>
  connect(url: string, options?: ConnectOptions): Promise<McpConnection>
}

const tokensOf = (answer: oauth.TokenEndpointResponse): Tokens => ({
  accessToken: answer.access_token,
  refreshToken: answer.refresh_token,
  scope: answer.scope,
  expiresInSeconds: answer.expires_in,
})

function defaultScope(
  challenge: Challenge,
  resource: oauth.ResourceServer,
  server: oauth.AuthorizationServer,
): string {
  const asked = challenge.scope?.split(' ') ?? resource.scopes_supported ?? []
  const offline = server.scopes_supported?.includes('offline_access') ? ['offline_access'] : []
  return [...asked, ...offline].join(' ')
}

/** Creates a client that finds its way as the MCP authorization specification says. */
export function createScriptedMcpClient(options: ScriptedMcpClientOptions): ScriptedMcpClient {
  const { fetch, browser, clock = systemClock } = options
  const redirectUri = options.redirectUri ?? 'http://127.0.0.1:33418/callback'
  const steps = createOAuthSteps(fetch, redirectUri, clock)
  const mcp = createMcpRequests(fetch)
  const get = (url: string): Promise<Response> =>
    Promise.resolve(fetch(new Request(url, { headers: { accept: 'application/json' } })))

  const client: ScriptedMcpClient = {
    redirectUri,
    steps,
    mcp,

    async challenge(url) {
      const response = await mcp.send(url, 'server/discover')
      await response.body?.cancel()
      if (response.status !== 401)
        throw new Error(`${url} answered ${response.status} to a request without a token.`)
      return parseChallenge(response)
    },

    async protectedResource(url, challenge) {
      if (challenge.resourceMetadata === undefined)
        throw new Error('The challenge names no resource_metadata.')
      const resource = await oauth.processResourceDiscoveryResponse(
        new URL(url),
        await get(challenge.resourceMetadata),
      )
      if (resource.resource !== url)
        throw new Error(`The metadata is about ${resource.resource}, not about ${url}.`)
      return resource
    },

    async authorizationServer(issuer) {
      const url = new URL(issuer)
      const path = url.pathname === '/' ? '' : url.pathname
      const response = await get(`${url.origin}/.well-known/oauth-authorization-server${path}`)
      const server = await oauth.processDiscoveryResponse(url, response)
      if (server.issuer !== issuer) throw new Error(`The metadata is of ${server.issuer}, not of ${issuer}.`)
      return server
    },

    async register(server, metadata) {
      const response = await steps.register(server, metadata)
      return identityOf({ ...(await oauth.processDynamicClientRegistrationResponse(response)) })
    },

    async authorize(request, person) {
      return answerPages(await browser.open(request.url), person)
    },

    async redeem(server, identity, request, callback) {
      const oauthClient = { client_id: identity.clientId }
      const parameters = oauth.validateAuthResponse(server, oauthClient, callback.parameters, request.state)
      const response = await steps.redeem(server, identity, request, parameters.get('code') ?? '')
      return tokensOf(await oauth.processAuthorizationCodeResponse(server, oauthClient, response))
    },

    async connect(url, { client: known, registration, scope, person } = {}) {
      const challenge = await client.challenge(url)
      const resource = await client.protectedResource(url, challenge)
      const issuer = resource.authorization_servers?.[0]
      if (issuer === undefined) throw new Error(`${url} names no authorization server.`)
      const server = await client.authorizationServer(issuer)
      const identity = known ?? (await client.register(server, registration))
      const request = await steps.authorizationRequest(server, identity, {
        resource: resource.resource,
        scope: scope ?? defaultScope(challenge, resource, server),
      })
      const callback = await client.authorize(request, person)
      let tokens = await client.redeem(server, identity, request, callback)
      return {
        url,
        challenge,
        resource,
        server,
        client: identity,
        request,
        callback,
        get tokens() {
          return tokens
        },
        call: (method, parameters, callOptions = {}) =>
          mcp.call(url, method, parameters, { accessToken: tokens.accessToken, ...callOptions }),
        async refresh() {
          if (tokens.refreshToken === undefined) throw new Error('There is no refresh token.')
          const response = await steps.refresh(server, identity, tokens.refreshToken)
          const oauthClient = { client_id: identity.clientId }
          tokens = tokensOf(await oauth.processRefreshTokenResponse(server, oauthClient, response))
          return tokens
        },
      }
    },
  }
  return client
}
