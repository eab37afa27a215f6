import { ConfigError } from '@portico/provider'
import type { IdentityProvider, UnresolvedProvider } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'

/**
 * Completes a provider that is configured by its issuer alone with its discovery document; others need nothing.
 *
 * @throws {ConfigError} when the document cannot be had, is not this issuer's, or lacks something
 */
export async function resolveProvider(
  provider: IdentityProvider | UnresolvedProvider,
  fetch: SafeFetch,
): Promise<IdentityProvider> {
  if (!('resolve' in provider)) return provider
  return provider.resolve(await readDocument(provider, fetch))
}

async function readDocument({ name, discoveryUrl }: UnresolvedProvider, fetch: SafeFetch): Promise<unknown> {
  const unavailable = (why: string, cause?: unknown) =>
    new ConfigError(
      name,
      [
        {
          option: 'issuer',
          problem: `needs ${discoveryUrl}, which ${why}`,
          remedy:
            'Correct the issuer, or state the endpoints in oidc and browserLogin: then nothing is fetched at start.',
        },
      ],
      { cause },
    )
  let response: Response
  try {
    response = await fetch(discoveryUrl, { headers: { accept: 'application/json' } })
  } catch (error) {
    throw unavailable(
      `could not be fetched: ${error instanceof Error ? error.message : String(error)}`,
      error,
    )
  }
  if (!response.ok) throw unavailable(`answered ${response.status}`)
  try {
    return await response.json()
  } catch (error) {
    throw unavailable('did not answer with JSON', error)
  }
}
