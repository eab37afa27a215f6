import type { IdentityProvider, UnresolvedProvider } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'

import { readDiscovery } from './read-discovery.ts'
import { verifyDiscovery } from './verify-discovery.ts'

/**
 * Completes a provider configured only by its issuer with its discovery document, and compares one that asks for
 * it with its own; others need nothing.
 *
 * @throws {ConfigError} when the document cannot be had, is not this issuer's, lacks something, or says something else
 */
export async function resolveProvider(
  provider: IdentityProvider | UnresolvedProvider,
  fetch: SafeFetch,
): Promise<IdentityProvider> {
  if (!('resolve' in provider)) {
    if (provider.verifyDiscovery) await verifyDiscovery(provider, fetch)
    return provider
  }
  const source = {
    name: provider.name,
    url: provider.discoveryUrl,
    option: 'issuer',
    remedy:
      'Correct the issuer, or state the endpoints in oidc and browserLogin: then nothing is fetched at start.',
  }
  return provider.resolve(await readDiscovery(source, fetch))
}
