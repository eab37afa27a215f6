import { importPKCS8 } from 'jose/key/import'
import {
  type ClientAuth,
  ClientSecretPost,
  dynamicClientRegistrationRequest,
  modifyAssertion,
  None,
  PrivateKeyJwt,
  processDynamicClientRegistrationResponse,
} from 'oauth4webapi'

import { basicAuthentication } from './basic-authentication.ts'
import type { ConnectionContext } from './connection-context.ts'
import { UpstreamError } from './connection-context.ts'
import { records, type UpstreamClientRecord } from './connection-records.ts'
import { sha256Text } from './digest.ts'
import type { ServerMetadata } from './discover-upstream.ts'
import { protocolFetch } from './protocol-fetch.ts'
import { noteSealed } from './sealed-records.ts'
import { withSecretExpiry } from './secret-expiry.ts'
import type { ManualRegistration, OAuthUpstream } from './upstream-options.ts'

/** A client of ours, and the record id that connections remember it by. */
export interface UpstreamClient extends UpstreamClientRecord {
  readonly recordId: string
}

/** Where the upstream's authorization server sends browsers back to: one address per upstream (UP-17). */
export const callbackUrl = (
  { publicUrl, connectPath }: Pick<ConnectionContext, 'publicUrl' | 'connectPath'>,
  upstreamId: string,
): string => `${publicUrl}${connectPath}/${upstreamId}/callback`

/** Client id and location of the metadata document that we host for one upstream. */
const clientDocumentUrl = ({ publicUrl }: Pick<ConnectionContext, 'publicUrl'>, upstreamId: string): string =>
  `${publicUrl}/.well-known/oauth-client/${upstreamId}`

/** The document an authorization server fetches (draft-ietf-oauth-client-id-metadata-document §4.1). */
export function clientDocument(
  context: Pick<ConnectionContext, 'publicUrl' | 'connectPath' | 'clientName'>,
  upstreamId: string,
): Readonly<Record<string, unknown>> {
  return {
    client_id: clientDocumentUrl(context, upstreamId),
    client_name: context.clientName,
    client_uri: context.publicUrl,
    redirect_uris: [callbackUrl(context, upstreamId)],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'web',
  }
}

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
  return known ? { ...known.value, recordId } : register(context, upstream, server, base)
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

/** How this client proves itself at its token endpoint. */
export async function authenticateAs(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  client: UpstreamClientRecord & { readonly recordId?: string },
): Promise<ClientAuth> {
  const { clientRegistration: registration } = upstream
  switch (client.authMethod) {
    case 'none':
      return None()
    case 'private_key_jwt': {
      const options = registration.mode === 'manual' ? registration.privateKey : undefined
      if (!options) throw incomplete(upstream, 'privateKey')
      return privateKeyJwt(options, context.now())
    }
    default: {
      const secret = await secretOf(context, upstream, client)
      return client.authMethod === 'client_secret_basic'
        ? basicAuthentication(secret)
        : ClientSecretPost(secret)
    }
  }
}

/** An assertion signed with the operator's key (RFC 7523 §2.2). */
export async function privateKeyJwt(
  {
    privateKeyPem,
    algorithm,
    keyId,
    audience,
    expiresInSeconds,
  }: NonNullable<ManualRegistration['privateKey']>,
  now: number,
): Promise<ClientAuth> {
  const key = await importPKCS8(privateKeyPem, algorithm)
  return PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }, {
    [modifyAssertion](_header, payload) {
      Object.assign(payload, { iat: now, nbf: now, exp: now + expiresInSeconds })
      if (audience !== undefined) payload['aud'] = audience
    },
  })
}

async function secretOf(
  { sealer }: ConnectionContext,
  upstream: OAuthUpstream,
  client: UpstreamClientRecord & { readonly recordId?: string },
): Promise<string> {
  const { clientRegistration: registration } = upstream
  if (registration.mode === 'manual' && registration.clientSecret !== undefined)
    return registration.clientSecret
  if (client.secret !== undefined && client.recordId !== undefined)
    return sealer.open(client.secret, clientSeal(client.recordId))
  throw incomplete(upstream, 'clientSecret')
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

async function register(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  server: ServerMetadata,
  base: Pick<UpstreamClientRecord, 'upstream' | 'issuer' | 'redirectUri' | 'createdAt'>,
): Promise<UpstreamClient> {
  if (server.registration_endpoint === undefined) {
    throw new UpstreamError(
      'upstream_registration_unavailable',
      `${upstream.displayName}: ${server.issuer} offers neither client metadata documents nor registration. Register a client there with the redirect URI ${base.redirectUri} and set clientRegistration to { "mode": "manual", "clientId": … }.`,
    )
  }
  const { client_id: _, ...metadata } = clientDocument(context, upstream.id)
  const supported = server.token_endpoint_auth_methods_supported
  const preferred = (['none', 'client_secret_basic', 'client_secret_post'] as const).find(
    (method) => supported === undefined || supported.includes(method),
  )
  try {
    const response = await dynamicClientRegistrationRequest(
      { issuer: server.issuer, registration_endpoint: server.registration_endpoint },
      { ...metadata, token_endpoint_auth_method: preferred ?? 'client_secret_basic' },
      protocolFetch(context),
    )
    const answer = await processDynamicClientRegistrationResponse(await withSecretExpiry(response))
    const secret = typeof answer.client_secret === 'string' ? answer.client_secret : undefined
    const recordId = await clientRecordId(upstream.id, server.issuer, base.redirectUri)
    const registered: UpstreamClientRecord = {
      ...base,
      source: 'registered',
      clientId: answer.client_id,
      authMethod: registeredMethod(answer.token_endpoint_auth_method, secret),
      ...(secret !== undefined && { secret: await context.sealer.seal(secret, clientSeal(recordId)) }),
    }
    if (registered.secret !== undefined) {
      await noteSealed(context, { kind: 'upstream-client', id: recordId }, registered.secret)
    }
    const won = await records(context.storage, 'upstream-client').set(recordId, registered, {
      when: 'absent',
    })
    if (won) return { ...registered, recordId }
    // Another node registered at the same moment: one client, not two.
    const known = await records(context.storage, 'upstream-client').get(recordId)
    return { ...(known?.value ?? registered), recordId }
  } catch (cause) {
    throw new UpstreamError(
      'upstream_registration_failed',
      `${upstream.displayName}: ${server.registration_endpoint} refused to register a client.`,
      { cause },
    )
  }
}

/** What was registered rules; a missing method means Basic for clients with a secret (RFC 7591 §2). */
function registeredMethod(method: unknown, secret: string | undefined): UpstreamClientRecord['authMethod'] {
  if (method === 'none' || method === 'client_secret_post' || method === 'client_secret_basic') return method
  return secret === undefined ? 'none' : 'client_secret_basic'
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

/** Associated data of a sealed client secret. */
export const clientSeal = (recordId: string): readonly string[] => ['upstream-client', recordId]

const clientRecordId = async (upstream: string, issuer: string, generation: string): Promise<string> =>
  `${upstream}:${await sha256Text(JSON.stringify([issuer, generation]))}`

/** Documents are fetched by others, so there is none while we run on loopback, unless the other side does too. */
export function canUseClientDocument(context: ConnectionContext, server: ServerMetadata): boolean {
  return server.client_id_metadata_document_supported === true && !isLoopbackMismatch(context, server)
}

function isLoopbackMismatch({ publicUrl }: ConnectionContext, { issuer }: ServerMetadata): boolean {
  const isLoopback = (url: string) => /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/.test(url)
  return isLoopback(publicUrl) && !isLoopback(issuer)
}

const incomplete = (upstream: OAuthUpstream, option: string): UpstreamError =>
  new UpstreamError(
    'upstream_client_incomplete',
    `${upstream.displayName}: clientRegistration.${option} is missing. Add it.`,
  )
