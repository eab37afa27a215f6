import { deviceCodeGrant, jwtBearerGrant, tokenExchangeGrant } from './grants/grant-names.ts'
import type { Settings } from './settings.ts'

// What widens the surface is on exactly when something in the configuration uses it.

/** Grants beyond codes only where the configuration lets a client use them (CC-01, EMA-02). */
const grantConditions: ReadonlyMap<string, (settings: Settings) => boolean> = new Map([
  ['authorization_code', () => true],
  ['refresh_token', () => true],
  ['client_credentials', isUsed('client_credentials')],
  [tokenExchangeGrant, isUsed(tokenExchangeGrant)],
  [deviceCodeGrant, ({ deviceAuthorization }) => deviceAuthorization],
  [jwtBearerGrant, ({ identityAssertions }) => identityAssertions.length > 0],
])

function isUsed(grantType: string) {
  return ({ clients }: Settings) =>
    [...clients.values()].some(({ grantTypes }) => grantTypes.includes(grantType))
}

/** For one grant what {@link supportedGrantTypes} says of all. */
export function supportsGrantType(settings: Settings, grantType: string): boolean {
  return grantConditions.get(grantType)?.(settings) ?? false
}

/** What the metadata say, in this order. */
export function supportedGrantTypes(settings: Settings): readonly string[] {
  return [...grantConditions.keys()].filter((grantType) => supportsGrantType(settings, grantType))
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
