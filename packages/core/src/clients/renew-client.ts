import type { Context } from '../context.ts'
import type { ClientRecord } from '../records.ts'
import { records } from '../records.ts'

/** A client that is used daily is written once a day, not with every request. */
const renewalSeconds = 86_400

/**
 * Lets the lifetime of a client slide with its use (DCR-12): a client is never forgotten under living tokens. For clients
 * of the operator's configuration there is nothing to renew.
 */
export async function renewClient(context: Context, client: ClientRecord): Promise<void> {
  const now = context.now()
  if (client.origin === 'configured') return
  if (client.usedAt !== undefined && now < client.usedAt + renewalSeconds) return
  const clients = records(context.storage, 'client')
  const found = await clients.get(client.clientId)
  if (!found) return
  const expiresAt = now + context.settings.registration.clientTtlSeconds
  await clients.replace(found, { ...found.value, usedAt: now }, expiresAt)
}
