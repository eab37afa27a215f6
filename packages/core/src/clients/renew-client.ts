import type { Context } from '../context.ts'
import type { ClientRecord } from '../records.ts'
import { records } from '../records.ts'

/** A client that is used daily is written once a day, not with every request. */
const renewalSeconds = 86_400

/** For clients of the operator's configuration there is nothing to renew. */
export function isRenewalDue({ now }: Context, { origin, usedAt }: ClientRecord): boolean {
  return origin !== 'configured' && (usedAt === undefined || now() >= usedAt + renewalSeconds)
}

/**
 * Lets the lifetime of a client slide with its use (DCR-12): a client is never forgotten under living tokens. A failure must
 * not cost the client the tokens it was just issued: it is reported, and the next use tries again.
 */
export async function renewClient(context: Context, client: ClientRecord): Promise<void> {
  try {
    await renew(context, client, context.now())
  } catch (cause) {
    context.emit({ name: 'client.renewal_failed', outcome: 'failure', clientId: client.clientId, cause })
  }
}

async function renew(context: Context, client: ClientRecord, now: number): Promise<void> {
  const clients = records(context.storage, 'client')
  const found = await clients.get(client.clientId)
  if (!found) return
  const expiresAt = now + context.settings.registration.clientTtlSeconds
  await clients.replace(found, { ...found.value, usedAt: now }, expiresAt)
}
