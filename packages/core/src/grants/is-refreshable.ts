import type { ClientRecord } from '../records.ts'

/**
 * AS-63: whether what a client is granted comes with a refresh token: where it registered that grant, or asked for offline
 * access. The consent page says so.
 */
export function isRefreshable(
  { grantTypes }: Pick<ClientRecord, 'grantTypes'>,
  { offlineAccess }: { readonly offlineAccess: boolean },
): boolean {
  return offlineAccess || grantTypes.includes('refresh_token')
}
