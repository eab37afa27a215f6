import { callbackUrl, canUseClientDocument, clientDocumentUrl } from './client-document.ts'
import { clientRecordId, type UpstreamClient } from './client-record.ts'
import type { ConnectionContext } from './connection-context.ts'
import { UpstreamError } from './connection-context.ts'
import { records, type UpstreamClientRecord } from './connection-records.ts'
import type { ServerMetadata } from './discover-upstream.ts'
import { registerClient } from './register-client.ts'
import { isSpent } from './spent-client.ts'
import type { ManualRegistration, OAuthUpstream } from './upstream-options.ts'

/**
 * The client to use at this authorization server: the operator's, else our metadata document, else a registration
 * (UP-05). Registrations are kept per issuer (SEP-2352).
 *
 * @throws {UpstreamError} `upstream_registration_failed`, `upstream_registration_unavailable` or `upstream_issuer_changed`
 */
export async function upstreamClient(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  server: ServerMetadata,
): Promise<UpstreamClient> {
  const manual = manualClientOf(context, upstream, server)
  if (manual) {
    await requireSameIssuer(context, upstream, manual)
    return keep(context, manual)
  }
  const redirectUri = callbackUrl(context, upstream.id)
  const base = { upstream: upstream.id, issuer: server.issuer, redirectUri, createdAt: context.now() }
  if (canUseClientDocument(context, server)) {
    const clientId = clientDocumentUrl(context, upstream.id)
    return keep(context, { ...base, source: 'document', clientId, authMethod: 'none' })
  }
  const recordId = await clientRecordId(upstream.id, server.issuer, redirectUri)
  const known = await records(context.storage, 'upstream-client').get(recordId)
  if (known && !isSpent(known.value, context)) return { ...known.value, recordId }
  return registerClient(context, upstream, server, base, known)
}

/**
 * F10: the operator's credential belongs to one authorization server: the one that is configured, or else the one that the
 * upstream named first. An upstream that names another one later does not get it sent there.
 */
async function requireSameIssuer(
  { storage }: ConnectionContext,
  { authorizationServer, displayName, url }: OAuthUpstream,
  client: UpstreamClientRecord,
): Promise<void> {
  if (authorizationServer !== undefined || client.authMethod === 'none') return
  const clients = records(storage, 'upstream-client')
  const first = await clientRecordId(client.upstream, 'first', `${url} ${client.clientId}`)
  if (await clients.set(first, client, { when: 'absent' })) return
  const issuer = (await clients.get(first))?.value.issuer
  if (issuer === client.issuer) return
  throw new UpstreamError(
    'upstream_issuer_changed',
    `${displayName} named the authorization server ${issuer} before, and names ${client.issuer} now: nothing was sent there. If it has moved, set "authorizationServer" to the new one.`,
  )
}

/** The client a connection was made with; undefined when the operator has replaced it since: its tokens are of no use to another one. */
export async function clientOfConnection(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  recordId: string,
): Promise<UpstreamClient | undefined> {
  const known = await records(context.storage, 'upstream-client').get(recordId)
  if (!known) return undefined
  const { clientRegistration: registration } = upstream
  if (known.value.source === 'manual') {
    if (registration.mode !== 'manual' || registration.clientId !== known.value.clientId) return undefined
  }
  return { ...known.value, recordId }
}

/** The client that the operator has entered; undefined where none is. */
export function manualClientOf(
  context: ConnectionContext,
  { id, clientRegistration: registration }: OAuthUpstream,
  { issuer, token_endpoint_auth_methods_supported: methods }: ServerMetadata,
): UpstreamClientRecord | undefined {
  if (registration.mode !== 'manual') return undefined
  return {
    upstream: id,
    issuer,
    redirectUri: callbackUrl(context, id),
    createdAt: context.now(),
    // The secret stays in the configuration: a new one there is in force at once.
    source: 'manual',
    clientId: registration.clientId,
    authMethod: registration.tokenEndpointAuthMethod ?? impliedMethod(registration, methods),
  }
}

function impliedMethod(
  { privateKey, clientSecret }: ManualRegistration,
  supported: readonly string[] = ['client_secret_post'],
): UpstreamClientRecord['authMethod'] {
  if (privateKey) return 'private_key_jwt'
  if (clientSecret === undefined) return 'none'
  return supported.includes('client_secret_post') ? 'client_secret_post' : 'client_secret_basic'
}

async function keep(context: ConnectionContext, client: UpstreamClientRecord): Promise<UpstreamClient> {
  const recordId = await clientRecordId(
    client.upstream,
    client.issuer,
    `${client.redirectUri} ${client.clientId}`,
  )
  await records(context.storage, 'upstream-client').set(recordId, client, { when: 'absent' })
  return { ...client, recordId }
}
