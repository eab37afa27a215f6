import { isLoopbackHost } from '@portico/safe-fetch'
import { z } from 'zod'

import type { ConnectionContext } from './connection-context.ts'
import { UpstreamError } from './connection-context.ts'
import type { OAuthUpstream } from './upstream-options.ts'

const resourceMetadata = z.object({
  resource: z.string(),
  authorization_servers: z.array(z.url()).min(1).optional(),
  scopes_supported: z.array(z.string()).optional(),
})

const serverMetadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  registration_endpoint: z.url().optional(),
  revocation_endpoint: z.url().optional(),
  scopes_supported: z.array(z.string()).optional(),
  code_challenge_methods_supported: z.array(z.string()).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
  client_id_metadata_document_supported: z.boolean().optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
})

export type ServerMetadata = z.output<typeof serverMetadata>

/** What is known of an upstream before a user is sent to its authorization server. */
export interface DiscoveredUpstream {
  readonly server: ServerMetadata
  /** Canonical resource to name in requests (RFC 8707). */
  readonly resource: string
  readonly scopesSupported: readonly string[] | undefined
  /** Nothing was found: the endpoints are those that the protocol's first revision assumes. */
  readonly assumed?: true
}

/**
 * Finds the authorization server of an upstream as a client must (UP-02): the challenge's metadata first, then the
 * path-inserted document, then the root; then the issuer's metadata in the three orders, with an exactly equal `issuer`.
 *
 * @throws {UpstreamError} `upstream_discovery_failed` naming every place that was tried
 */
export async function discoverUpstream(
  context: Pick<ConnectionContext, 'fetch' | 'development'>,
  upstream: OAuthUpstream,
  challengedMetadataUrl?: string,
): Promise<DiscoveredUpstream> {
  const url = new URL(upstream.url)
  const canonical = withoutQuery(url)
  const tried: string[] = []
  const metadata = await findResourceMetadata(context, upstream, challengedMetadataUrl, tried)
  // A legacy upstream without metadata is its own authorization server (2025-03-26).
  const issuer = upstream.authorizationServer ?? metadata?.authorization_servers?.[0] ?? url.origin
  const server = await findServerMetadata(context, upstream, issuer, tried)
  if (server) {
    return {
      server,
      resource: metadata?.resource ?? canonical,
      scopesSupported: metadata?.scopes_supported,
    }
  }
  if (metadata === undefined && upstream.authorizationServer === undefined) {
    return {
      server: defaultEndpoints(url.origin),
      resource: canonical,
      scopesSupported: undefined,
      assumed: true,
    }
  }
  throw new UpstreamError(
    'upstream_discovery_failed',
    `${upstream.displayName}: no metadata of the authorization server ${issuer} was found. Tried ${tried.join(', ')}. Set "authorizationServer" or "protectedResourceMetadataUrl" if they are elsewhere.`,
  )
}

async function findResourceMetadata(
  context: Pick<ConnectionContext, 'fetch'>,
  upstream: OAuthUpstream,
  challenged: string | undefined,
  tried: string[],
): Promise<z.output<typeof resourceMetadata> | undefined> {
  const { origin, pathname } = new URL(upstream.url)
  const path = pathname === '/' ? '' : pathname.replace(/\/$/, '')
  const wellKnown = `${origin}/.well-known/oauth-protected-resource`
  const candidates =
    upstream.protectedResourceMetadataUrl === undefined
      ? [...new Set([challenged, `${wellKnown}${path}`, wellKnown])]
      : [upstream.protectedResourceMetadataUrl]
  for (const candidate of candidates) {
    if (candidate === undefined) continue
    tried.push(candidate)
    const document = await readDocument(context, candidate, resourceMetadata)
    // RFC 9728 §3.3: metadata of another resource must not be used.
    if (document && coversResource(document.resource, upstream.url)) return document
  }
  return undefined
}

/** Same origin, and the resource's path leads to the upstream's. */
function coversResource(resource: string, upstreamUrl: string): boolean {
  if (!URL.canParse(resource)) return false
  const claimed = new URL(resource)
  const actual = new URL(upstreamUrl)
  const prefix = claimed.pathname.replace(/\/$/, '')
  return (
    claimed.origin === actual.origin &&
    (actual.pathname === prefix || actual.pathname.startsWith(`${prefix}/`))
  )
}

async function findServerMetadata(
  context: Pick<ConnectionContext, 'fetch' | 'development'>,
  upstream: OAuthUpstream,
  issuer: string,
  tried: string[],
): Promise<ServerMetadata | undefined> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const candidates =
    path === ''
      ? [`${origin}/.well-known/oauth-authorization-server`, `${origin}/.well-known/openid-configuration`]
      : [
          `${origin}/.well-known/oauth-authorization-server${path}`,
          `${origin}/.well-known/openid-configuration${path}`,
          `${origin}${path}/.well-known/openid-configuration`,
        ]
  for (const candidate of candidates) {
    tried.push(candidate)
    const document = await readDocument(context, candidate, serverMetadata)
    if (!document) continue
    // RFC 8414 §3.3 compares byte by byte; only the slash that URL parsers add to a bare origin is forgiven.
    if (document.issuer !== issuer && `${document.issuer}/` !== issuer && document.issuer !== `${issuer}/`) {
      throw new UpstreamError(
        'upstream_issuer_mismatch',
        `${candidate} names the issuer ${document.issuer}, expected ${issuer}: this may be a mix-up attack, nothing was sent.`,
      )
    }
    requireS256(document, upstream)
    for (const endpoint of [document.authorization_endpoint, document.token_endpoint]) {
      requireWebScheme(endpoint, context.development)
    }
    return document
  }
  return undefined
}

/**
 * MCP authorization, Authorization Code Protection: without S256 in its metadata a server is refused. An operator who
 * registers a client by hand vouches for servers that only forget to say so (Entra).
 */
function requireS256(
  { issuer, code_challenge_methods_supported: methods }: ServerMetadata,
  { clientRegistration }: OAuthUpstream,
): void {
  if (methods === undefined ? clientRegistration.mode === 'manual' : methods.includes('S256')) return
  throw new UpstreamError(
    'upstream_without_pkce',
    `${issuer} does not offer PKCE with S256, so its codes cannot be protected. If it does support S256 without saying so, register a client there and set clientRegistration.mode to "manual".`,
  )
}

/** UP-16: a browser is only ever sent to the web. */
function requireWebScheme(endpoint: string, development: boolean): void {
  const { protocol, hostname } = new URL(endpoint)
  if (protocol === 'https:' || (development && protocol === 'http:' && isLoopbackHost(hostname))) return
  throw new UpstreamError('upstream_endpoint_refused', `${endpoint}: endpoints must use https.`)
}

function defaultEndpoints(origin: string): ServerMetadata {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
  }
}

async function readDocument<Schema extends z.ZodType>(
  { fetch }: Pick<ConnectionContext, 'fetch'>,
  url: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const response = await fetch(url, { headers: { accept: 'application/json' }, maxBytes: 131_072 }).catch(
    () => undefined,
  )
  if (response?.status !== 200) return undefined
  const parsed = schema.safeParse(await response.json().catch(() => undefined))
  return parsed.success ? parsed.data : undefined
}

function withoutQuery(url: URL): string {
  const text = `${url.origin}${url.pathname}`
  return url.pathname === '/' ? url.origin : text.replace(/\/$/, '')
}
