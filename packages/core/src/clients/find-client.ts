import type { Context } from '../context.ts'
import type { ClientRecord } from '../records.ts'
import { records } from '../records.ts'

/**
 * The client with this id, however it came to be known: configured by the operator, or registered (RFC 7591).
 *
 * @throws {StorageUnavailableError} rather than taking a client for unknown
 */
export async function findClient(context: Context, clientId: string): Promise<ClientRecord | undefined> {
  const configured = context.settings.clients.get(clientId)
  if (configured) return configured
  if (!/^[\w-]{1,128}$/.test(clientId)) return undefined
  const found = await records(context.storage, 'client').get(clientId)
  return found?.value
}
