import type { Storage } from '@portico/storage'

import type { Found, GrantRecord } from '../records.ts'
import { records } from '../records.ts'
import { latestOf, readCutoffs } from './cutoffs.ts'

/** The grant, unless it ended: revoked, expired, or cut off together with all earlier ones, or exchanged from one that ended. */
export async function livingGrant(
  storage: Storage,
  grantId: string,
  clientId: string,
): Promise<Found<GrantRecord> | undefined> {
  const [grant, ...cutoffs] = await Promise.all([
    records(storage, 'grant').get(grantId),
    ...readCutoffs(storage, clientId),
  ])
  if (!grant || grant.value.clientId !== clientId) return undefined
  if (grant.value.createdAt <= latestOf(cutoffs)) return undefined
  const { parent } = grant.value
  if (parent && !(await livingGrant(storage, parent.id, parent.clientId))) return undefined
  return grant
}
