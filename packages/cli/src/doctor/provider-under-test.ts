import type { ProviderProbe } from '@portico/core'
import type { IdentityProvider } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'

/** A configured provider, and the ways to ask it. */
export interface ProviderUnderTest {
  readonly provider: IdentityProvider
  readonly probe: ProviderProbe
  /** For documents of the provider. */
  readonly fetch: SafeFetch
  /** As the browser would open it, but following no redirect. */
  readonly open: (url: URL) => Promise<Response>
  /** Unix seconds. */
  readonly now: () => number
}

/** How messages call the application at the provider. */
export function applicationAt({ name, client }: IdentityProvider): string {
  return `the application "${client.id}" at ${name}`
}
