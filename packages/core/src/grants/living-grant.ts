import type { Storage } from '@portico/storage'

import type { Found, GrantRecord } from '../records.ts'
import { records } from '../records.ts'

/** The grant, unless it ended: revoked, expired, or cut off together with all earlier grants of its client. */
export async function livingGrant(
  storage: Storage,
  grantId: string,
  clientId: string,
): Promise<Found<GrantRecord> | undefined> {
  const [grant, cutoff] = await Promise.all([
    records(storage, 'grant').get(grantId),
    records(storage, 'client-cutoff').get(clientId),
  ])
  if (!grant || grant.value.clientId !== clientId) return undefined
  return cutoff && grant.value.createdAt <= cutoff.value.before ? undefined : grant
}
