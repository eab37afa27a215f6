import type { ConnectionContext } from './connection-context.ts'
import { records } from './connection-records.ts'

/** Longer than a guarded request can take, so that a lease never ends under a refresh that is still on its way (UP-08). */
export const leaseSeconds = 30
/** Between two looks at whether a lease has ended. */
export const leasePollMs = 50

/** Whoever holds it may change the tokens of a connection, on however many nodes; it ends by itself with its holder. */
export function takeLease(
  { storage, now }: Pick<ConnectionContext, 'storage' | 'now'>,
  connection: string,
  holder: string,
): Promise<boolean> {
  const expiresAt = now() + leaseSeconds
  return records(storage, 'refresh-lease').set(connection, { holder }, { expiresAt, when: 'absent' })
}

export async function releaseLease(
  { storage }: Pick<ConnectionContext, 'storage'>,
  connection: string,
  holder: string,
): Promise<void> {
  const lease = await records(storage, 'refresh-lease').get(connection)
  // An ended lease may already be somebody else's.
  if (lease?.value.holder === holder) await records(storage, 'refresh-lease').delete(connection)
}
