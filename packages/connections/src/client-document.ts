import { isLoopbackHost } from '@portico/safe-fetch'

import type { ConnectionContext } from './connection-context.ts'
import type { ServerMetadata } from './discover-upstream.ts'

/** Where the upstream's authorization server sends browsers back to: one address per upstream (UP-17). */
export const callbackUrl = (
  { publicUrl, connectPath }: Pick<ConnectionContext, 'publicUrl' | 'connectPath'>,
  upstreamId: string,
): string => `${publicUrl}${connectPath}/${upstreamId}/callback`

/** Client id and location of the metadata document that we host for one upstream. */
export const clientDocumentUrl = (
  { publicUrl }: Pick<ConnectionContext, 'publicUrl'>,
  upstreamId: string,
): string => `${publicUrl}/.well-known/oauth-client/${upstreamId}`

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

/** Documents are fetched by others, so there is none while we run on loopback, unless the other side does too. */
export function canUseClientDocument(context: ConnectionContext, server: ServerMetadata): boolean {
  return server.client_id_metadata_document_supported === true && !isLoopbackMismatch(context, server)
}

function isLoopbackMismatch({ publicUrl }: ConnectionContext, { issuer }: ServerMetadata): boolean {
  const isLoopback = (url: string) => {
    const { protocol, hostname } = new URL(url)
    return protocol === 'http:' && isLoopbackHost(hostname)
  }
  return isLoopback(publicUrl) && !isLoopback(issuer)
}
