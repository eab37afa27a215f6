import { checkAuthorization } from './check-authorization.ts'
import { checkClient } from './check-client.ts'
import { checkClock } from './check-clock.ts'
import { checkDiscovery } from './check-discovery.ts'
import { checkKeys } from './check-keys.ts'
import type { Finding } from './finding.ts'
import type { ProviderUnderTest } from './provider-under-test.ts'

/** Everything that can be found out about a provider without signing in. */
export async function diagnoseProvider(test: ProviderUnderTest): Promise<readonly Finding[]> {
  const [{ findings, sentAt }, keys, authorization, client] = await Promise.all([
    checkDiscovery(test),
    checkKeys(test),
    checkAuthorization(test),
    checkClient(test),
  ])
  return [...findings, ...keys, ...authorization, client, ...checkClock(test, sentAt)]
}
