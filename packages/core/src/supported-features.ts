import { deviceCodeGrant, jwtBearerGrant, tokenExchangeGrant } from './grants/grant-names.ts'
import type { Settings } from './settings.ts'

// What widens the surface is on exactly when something in the configuration uses it.

/** Grants beyond codes only where the configuration lets a client use them (CC-01, EMA-02). */
export function supportedGrantTypes({
  clients,
  deviceAuthorization,
  identityAssertions,
}: Settings): readonly string[] {
  const isUsed = (grantType: string) =>
    [...clients.values()].some(({ grantTypes }) => grantTypes.includes(grantType))
  return [
    'authorization_code',
    'refresh_token',
    ...['client_credentials', tokenExchangeGrant].filter(isUsed),
    ...(deviceAuthorization ? [deviceCodeGrant] : []),
    ...(identityAssertions.length > 0 ? [jwtBearerGrant] : []),
  ]
}

/** Grants that a client may register by itself: those that a user decides about. */
export function registrableGrantTypes({
  deviceAuthorization,
}: Pick<Settings, 'deviceAuthorization'>): readonly string[] {
  return ['authorization_code', 'refresh_token', ...(deviceAuthorization ? [deviceCodeGrant] : [])]
}

/** RFC 7662 only where a configured client may introspect something. */
export function introspectionSupported({ clients }: Settings): boolean {
  return [...clients.values()].some((client) => client.introspects !== undefined)
}
