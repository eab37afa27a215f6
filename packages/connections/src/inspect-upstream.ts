import { genericTokenEndpointRequest } from 'oauth4webapi'

import { authenticateAs } from './authenticate-as.ts'
import { callbackUrl, canUseClientDocument } from './client-document.ts'
import type { ConnectionContext } from './connection-context.ts'
import { UpstreamError } from './connection-context.ts'
import type { UpstreamClientRecord } from './connection-records.ts'
import { discoverUpstream, type ServerMetadata } from './discover-upstream.ts'
import { protocolFetch } from './protocol-fetch.ts'
import { askForChallenge } from './upstream-challenge.ts'
import { manualClientOf } from './upstream-client.ts'
import type { OAuthUpstream } from './upstream-options.ts'

/** What an upstream's authorization server says before any user is sent there. Nothing is registered or stored. */
export interface UpstreamInspection {
  readonly issuer: string
  /** No metadata was found: the addresses of the protocol's first revision are assumed. */
  readonly assumed: boolean
  /** How the gateway becomes known there. */
  readonly registration: 'manual' | 'document' | 'dynamic' | 'none'
  /** How the registration or token endpoint received us; absent where there was nothing to ask. */
  readonly answer?: { readonly status: number; readonly error?: string }
  /** What would be registered by hand. */
  readonly redirectUri: string
}

/**
 * Discovers, and asks without effect: a registration without redirect URIs, a code that was never issued.
 *
 * @throws {UpstreamError} when discovery fails, or an endpoint does not answer
 */
export async function inspectUpstream(
  context: ConnectionContext,
  upstream: OAuthUpstream,
): Promise<UpstreamInspection> {
  const challenge = await askForChallenge(context, upstream)
  const { server, assumed } = await discoverUpstream(context, upstream, challenge?.resourceMetadataUrl)
  const common = {
    issuer: server.issuer,
    assumed: assumed === true,
    redirectUri: callbackUrl(context, upstream.id),
  }
  const manual = manualClientOf(context, upstream, server)
  if (manual) {
    const answer = await answerOf(server.token_endpoint, () =>
      presentClient(context, upstream, manual, server),
    )
    return { ...common, registration: 'manual', answer }
  }
  if (canUseClientDocument(context, server)) return { ...common, registration: 'document' }
  const { registration_endpoint: endpoint } = server
  if (endpoint === undefined) return { ...common, registration: 'none' }
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const body = JSON.stringify({ redirect_uris: [] })
  const answer = await answerOf(endpoint, () => context.fetch(endpoint, { method: 'POST', headers, body }))
  return { ...common, registration: 'dynamic', answer }
}

/** Whoever knows the client says `invalid_grant`. */
async function presentClient(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  client: UpstreamClientRecord,
  server: ServerMetadata,
): Promise<Response> {
  const metadata = { issuer: server.issuer, token_endpoint: server.token_endpoint }
  const parameters = {
    code: `portico-doctor-${context.randomToken()}`,
    redirect_uri: client.redirectUri,
    code_verifier: context.randomToken(),
  }
  return genericTokenEndpointRequest(
    metadata,
    { client_id: client.clientId },
    await authenticateAs(context, upstream, client),
    'authorization_code',
    parameters,
    protocolFetch(context),
  )
}

async function answerOf(
  endpoint: string,
  ask: () => Promise<Response>,
): Promise<{ status: number; error?: string }> {
  let response: Response
  try {
    response = await ask()
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UpstreamError('upstream_unavailable', `${endpoint} could not be asked: ${why}.`, { cause })
  }
  const body: unknown = await response.json().catch(() => undefined)
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
  return { status: response.status, ...(typeof error === 'string' && { error: error.slice(0, 100) }) }
}
