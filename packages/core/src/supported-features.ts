import type { Settings } from './context.ts'

// What widens the surface is on exactly when something in the configuration uses it.

/** `client_credentials` only where a configured client may use it (CC-01). */
export function supportedGrantTypes({ clients }: Settings): readonly string[] {
  const machines = [...clients.values()].some((client) => client.grantTypes.includes('client_credentials'))
  return ['authorization_code', 'refresh_token', ...(machines ? ['client_credentials'] : [])]
}

/** RFC 7662 only where a configured client may introspect something. */
export function introspectionSupported({ clients }: Settings): boolean {
  return [...clients.values()].some((client) => client.introspects !== undefined)
}
