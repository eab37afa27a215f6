import type { Context } from '../context.ts'
import type { ClientRecord } from '../records.ts'
import { records } from '../records.ts'
import type { ClientUse } from './client-documents.ts'

/**
 * The client with this id, however it came to be known: configured by the operator, described by the document at its id
 * (CIMD), or registered (RFC 7591), in this order (DCR-15).
 *
 * @throws {StorageUnavailableError} rather than taking a client for unknown
 */
export async function findClient(
  context: Context,
  clientId: string,
  use: ClientUse = 'authorize',
): Promise<ClientRecord | undefined> {
  const { settings, storage, clientDocuments, emit } = context
  const configured = settings.clients.get(clientId)
  if (configured) return configured
  if (/^https?:\/\//.test(clientId)) {
    return settings.registration.metadataDocuments ? clientDocuments.find(clientId, use, emit) : undefined
  }
  if (!/^[\w-]{1,128}$/.test(clientId)) return undefined
  return (await records(storage, 'client').get(clientId))?.value
}
