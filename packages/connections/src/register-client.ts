import { dynamicClientRegistrationRequest, processDynamicClientRegistrationResponse } from 'oauth4webapi'

import { clientDocument } from './client-document.ts'
import { clientRecordId, clientSeal, type UpstreamClient } from './client-record.ts'
import type { ConnectionContext } from './connection-context.ts'
import { UpstreamError } from './connection-context.ts'
import { type Found, records, type UpstreamClientRecord } from './connection-records.ts'
import type { ServerMetadata } from './discover-upstream.ts'
import { protocolFetch } from './protocol-fetch.ts'
import { noteSealed } from './sealed-records.ts'
import { withSecretExpiry } from './secret-expiry.ts'
import type { OAuthUpstream } from './upstream-options.ts'

/**
 * Registers a client at this authorization server (RFC 7591).
 *
 * @param spent the registration that it takes the place of
 * @throws {UpstreamError} `upstream_registration_failed` or `upstream_registration_unavailable`
 */
export async function registerClient(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  server: ServerMetadata,
  base: Pick<UpstreamClientRecord, 'upstream' | 'issuer' | 'redirectUri' | 'createdAt'>,
  spent: Found<UpstreamClientRecord> | undefined,
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
    const { client_secret_expires_at: endsAt } = answer
    const recordId = await clientRecordId(upstream.id, server.issuer, base.redirectUri)
    const registered: UpstreamClientRecord = {
      ...base,
      source: 'registered',
      clientId: answer.client_id,
      authMethod: registeredMethod(answer.token_endpoint_auth_method, secret),
      ...(secret !== undefined && { secret: await context.sealer.seal(secret, clientSeal(recordId)) }),
      // 0: it does not.
      ...(secret !== undefined && typeof endsAt === 'number' && endsAt > 0 && { secretExpiresAt: endsAt }),
    }
    if (registered.secret !== undefined) {
      const sealed = { kind: 'upstream-client', id: recordId } as const
      await noteSealed(context, sealed, registered.secret, spent?.value.secret)
    }
    const won = await records(context.storage, 'upstream-client').set(recordId, registered, {
      when: spent ? { version: spent.version } : 'absent',
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
