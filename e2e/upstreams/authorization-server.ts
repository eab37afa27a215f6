import { generateKeyPairSync, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { createMemoryAdapter } from '@portico/dev-idp'
import { Provider } from 'oidc-provider'

/** What kind of authorization server an upstream has. */
export interface AuthorizationServerOptions {
  /** How clients become known: by a metadata document (CIMD), or by registering themselves (DCR). */
  readonly registration: 'document' | 'dynamic'
  /** Refresh tokens are good for one use, and using one again ends the whole grant. Default `true`. */
  readonly rotates?: boolean
  /** Lifetime of access tokens by the grant type that gives them; default an hour. */
  readonly accessTokenSeconds?: (grantType: string) => number
  /** Reaches the metadata documents of clients. */
  readonly fetch?: typeof fetch
}

/** Who may do what with a token. */
export interface UpstreamToken {
  readonly subject: string
  readonly scopes: readonly string[]
}

/** What the server has seen. */
export interface AuthorizationServerLog {
  /** Successful requests of the token endpoint, by grant type. */
  readonly grants: string[]
  /** Refused ones, with the reason. */
  readonly refusals: string[]
  /** Client ids that were registered here. */
  readonly registered: string[]
  /** Client ids that signed users in. */
  readonly clients: Set<string>
  /** Times that a refresh token was presented which had been used before. */
  reuses: number
}

export const scopes = ['notes:read', 'notes:write']

/**
 * An authorization server of other people's making (oidc-provider) for one protected resource. Its one user is signed in
 * already and allows everything.
 */
export function createAuthorizationServer(
  issuer: string,
  resource: string,
  { registration, rotates = true, accessTokenSeconds = () => 3600, fetch }: AuthorizationServerOptions,
) {
  const log: AuthorizationServerLog = {
    grants: [],
    refusals: [],
    registered: [],
    clients: new Set(),
    reuses: 0,
  }
  const issued: { destroy(): Promise<unknown> }[] = []
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const provider = new Provider(issuer, {
    adapter: createMemoryAdapter(),
    jwks: { keys: [privateKey.export({ format: 'jwk' })] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clientAuthMethods: ['none', 'client_secret_basic'],
    responseTypes: ['code'],
    scopes: ['offline_access', ...scopes],
    pkce: { required: () => true },
    rotateRefreshToken: rotates,
    issueRefreshToken: () => true,
    cookies: { keys: [randomUUID()] },
    clientBasedCORS: () => false,
    ...(fetch && { fetch }),
    findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: registration === 'dynamic' },
      clientIdMetadataDocument: { enabled: registration === 'document', ack: 'draft-02' },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: scopes.join(' '),
          audience: resource,
          accessTokenFormat: 'opaque',
        }),
      },
    },
    ttl: {
      AccessToken: ({ oidc }) => accessTokenSeconds(String(oidc.params?.['grant_type'])),
      AuthorizationCode: 60,
      Grant: 86_400,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
  })

  provider.proxy = true
  provider.on('access_token.saved', (token) => void issued.push(token))
  provider.on('grant.success', ({ oidc }) => {
    log.grants.push(String(oidc.params?.['grant_type']))
    if (oidc.client) log.clients.add(oidc.client.clientId)
  })
  provider.on('grant.error', (_context, { error, error_detail: detail }) => {
    log.refusals.push(detail ?? error)
    if (detail === 'refresh token already used') log.reuses += 1
  })
  provider.on('registration_create.success', (_context, { clientId }) => void log.registered.push(clientId))

  /** Signs the user in and allows what is asked for, without a page. */
  async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { prompt, params, session } = await provider.interactionDetails(request, response)
    const submission =
      prompt.name === 'login'
        ? { login: { accountId: 'ada-at-the-upstream' } }
        : { consent: { grantId: await allow(params, session?.accountId) } }
    await provider.interactionFinished(request, response, submission, { mergeWithLastSubmission: true })
  }

  async function allow(params: Record<string, unknown>, accountId = ''): Promise<string> {
    const grant = new provider.Grant({ accountId, clientId: String(params['client_id']) })
    const scope = typeof params['scope'] === 'string' ? params['scope'] : ''
    grant.addOIDCScope(scope)
    grant.addResourceScope(resource, scope)
    return grant.save()
  }

  const answer = provider.callback()
  return {
    log,
    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      if (request.url?.startsWith('/sign-in/') === true) await signIn(request, response)
      else await answer(request, response)
    },
    /** Whose token this is; undefined for every token that is not good for the resource. */
    async verify(token: string): Promise<UpstreamToken | undefined> {
      const found = await provider.AccessToken.find(token)
      if (found?.aud !== resource) return undefined
      return { subject: found.accountId, scopes: (found.scope ?? '').split(' ') }
    },
    /** Ends all access tokens, long before their time; refresh tokens stay. */
    async endAccessTokens(): Promise<void> {
      await Promise.all(issued.splice(0).map((token) => token.destroy()))
    },
  }
}

/** A running authorization server. */
export type UpstreamAuthorizationServer = ReturnType<typeof createAuthorizationServer>
