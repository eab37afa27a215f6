import { createHash, randomUUID } from 'node:crypto'

import type { SafeFetch } from '@portico/safe-fetch'
import { memoryStorage } from '@portico/storage'

import type {
  ConnectionEvent,
  Connections,
  ConnectionsOptions,
  Sealer,
  UpstreamOptions,
} from '../src/index.ts'
import { createConnections } from '../src/index.ts'

/** What a test may bend. */
export interface UpstreamBehaviour {
  readonly issuer?: string
  readonly metadata?: Record<string, unknown>
  readonly resourceMetadata?: Record<string, unknown> | undefined
  /** Every refresh returns a new refresh token, and a second use of an old one kills the family. */
  readonly rotate?: boolean
  readonly expiresInSeconds?: number
  readonly answerToken?: (form: URLSearchParams) => Response | undefined
}

/** An upstream MCP server's authorization server, in the same process: strict about what Portico sends. */
export function scriptedUpstream(behaviour: UpstreamBehaviour = {}) {
  const origin = 'https://mcp.example.com'
  const issuer = behaviour.issuer ?? 'https://as.example.com'
  const requests: { url: string; form: URLSearchParams; headers: Record<string, string> }[] = []
  const codes = new Map<string, { challenge: string; redirectUri: string; clientId: string }>()
  const refreshTokens = new Map<string, 'live' | 'used'>()
  const state = { refreshes: 0, reuses: 0, registrations: 0, revoked: [] as string[], familyRevoked: false }

  const issue = (): Response => {
    const refreshToken = `refresh-${randomUUID()}`
    refreshTokens.set(refreshToken, 'live')
    return Response.json({
      access_token: `access-${randomUUID()}`,
      token_type: 'Bearer',
      expires_in: behaviour.expiresInSeconds ?? 3600,
      scope: 'read',
      refresh_token: refreshToken,
    })
  }

  const refresh = (form: URLSearchParams): Response => {
    const token = form.get('refresh_token') ?? ''
    const known = refreshTokens.get(token)
    if (known === 'used') {
      state.reuses += 1
      state.familyRevoked = true
    }
    if (known !== 'live' || state.familyRevoked)
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    state.refreshes += 1
    if (behaviour.rotate === true) {
      refreshTokens.set(token, 'used')
      return issue()
    }
    return Response.json({
      access_token: `access-${randomUUID()}`,
      token_type: 'Bearer',
      expires_in: behaviour.expiresInSeconds ?? 3600,
    })
  }

  const redeem = (form: URLSearchParams): Response => {
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const good =
      code !== undefined && code.challenge === challenge && code.redirectUri === form.get('redirect_uri')
    return good ? issue() : Response.json({ error: 'invalid_grant' }, { status: 400 })
  }

  const routes: Record<string, (form: URLSearchParams, body: string) => Response> = {
    [`${origin}/.well-known/oauth-protected-resource/mcp`]: () =>
      Response.json(
        behaviour.resourceMetadata ?? {
          resource: `${origin}/mcp`,
          authorization_servers: [issuer],
          scopes_supported: ['read'],
        },
      ),
    [`${issuer}/.well-known/oauth-authorization-server`]: () =>
      Response.json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        registration_endpoint: `${issuer}/register`,
        revocation_endpoint: `${issuer}/revoke`,
        code_challenge_methods_supported: ['S256'],
        scopes_supported: ['read', 'offline_access'],
        ...behaviour.metadata,
      }),
    [`${issuer}/register`]: (_form, body) => {
      state.registrations += 1
      const metadata = JSON.parse(body) as Record<string, unknown>
      return Response.json({ ...metadata, client_id: `client-${state.registrations}` }, { status: 201 })
    },
    [`${issuer}/token`]: (form) =>
      behaviour.answerToken?.(form) ??
      (form.get('grant_type') === 'refresh_token' ? refresh(form) : redeem(form)),
    [`${issuer}/revoke`]: (form) => {
      state.revoked.push(form.get('token') ?? '')
      return new Response(null, { status: 200 })
    },
  }

  const fetch: SafeFetch = (input, { body = '', headers = {} } = {}) => {
    const url = String(input)
    const form = new URLSearchParams(body.startsWith('{') ? '' : body)
    requests.push({ url, form, headers: { ...headers } })
    const route = routes[url]
    return Promise.resolve(route ? route(form, body) : new Response('not found', { status: 404 }))
  }

  return {
    origin,
    issuer,
    fetch,
    requests,
    routes,
    state,
    /** Signs the user in at the upstream: the parameters that arrive at the callback. */
    approve(authorizationUrl: URL, overrides: Record<string, string> = {}): URLSearchParams {
      const query = authorizationUrl.searchParams
      const code = randomUUID()
      codes.set(code, {
        challenge: query.get('code_challenge') ?? '',
        redirectUri: query.get('redirect_uri') ?? '',
        clientId: query.get('client_id') ?? '',
      })
      return new URLSearchParams({ code, state: query.get('state') ?? '', ...overrides })
    },
  }
}

export type ScriptedUpstream = ReturnType<typeof scriptedUpstream>

/** A vault on a storage that several nodes may share, with a clock that only moves when told to. */
export function connectionsOver(
  upstream: Pick<ScriptedUpstream, 'fetch'>,
  options: Partial<ConnectionsOptions> & { readonly upstreams?: readonly UpstreamOptions[] } = {},
) {
  const clock = { now: 1_800_000_000 }
  const events: ConnectionEvent[] = []
  const storage = options.storage ?? memoryStorage({ now: options.now ?? (() => clock.now) })
  const create = (): Connections =>
    createConnections({
      publicUrl: 'https://gateway.example.com',
      storage,
      sealer: plainSealer,
      mac: (text) => createHash('sha256').update(`key ${text}`).digest('base64url'),
      fetch: upstream.fetch,
      upstreams: [linear],
      onEvent: (event) => events.push(event),
      now: () => clock.now,
      // Lets every other task run instead of waiting.
      wait: () => new Promise((resolve) => void setImmediate(resolve)),
      ...options,
    })
  return { connections: create(), create, storage, clock, events }
}

export const linear = {
  id: 'linear',
  displayName: 'Linear',
  authMode: 'user-oauth',
  url: 'https://mcp.example.com/mcp',
} satisfies UpstreamOptions

/** Binds to the context as a real vault does, and can be read in a test. The newest key comes first. */
export function readableSealer(...keyIds: readonly string[]): Sealer {
  const bound = (context: readonly string[]) => Buffer.from(JSON.stringify(context)).toString('base64url')
  return {
    keyIds,
    keyIdOf: (sealed) => sealed.split('.', 1)[0] ?? '',
    seal: (text, context) => Promise.resolve(`${keyIds[0]}.${bound(context)}.${text}`),
    open: (sealed, context) => {
      const [keyId = '', words, ...text] = sealed.split('.')
      if (!keyIds.includes(keyId)) return Promise.reject(new Error(`key "${keyId}" is not in the keyring`))
      return words === bound(context)
        ? Promise.resolve(text.join('.'))
        : Promise.reject(new Error('not authentic'))
    },
  }
}

export const plainSealer = readableSealer('k1')

export const browser = { owner: 'ada', session: 'session-1' }

/** Connects a user from start to end. */
export async function connect(
  connections: Connections,
  upstream: ScriptedUpstream,
  { owner, session } = browser,
): Promise<URL> {
  const url = await connections.begin('linear', { owner, session, returnTo: '/account' })
  await connections.finish('linear', upstream.approve(url), { owner, session })
  return url
}

/** The bearer token that a call would carry. */
export async function bearer(connections: Connections, subject = 'ada'): Promise<string | undefined> {
  const credential = await connections.authorize('linear', subject)
  return 'headers' in credential ? credential.headers['authorization'] : undefined
}
