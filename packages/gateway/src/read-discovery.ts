import { ConfigError } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'

/** Whose document it is, and what to say when it cannot be had. */
export interface DiscoverySource {
  /** Name of the provider. */
  readonly name: string
  readonly url: string
  /** The option that wants it. */
  readonly option: string
  readonly remedy: string
}

/**
 * Fetches a discovery document.
 *
 * @throws {ConfigError} when it cannot be had
 */
export async function readDiscovery(
  { name, url, option, remedy }: DiscoverySource,
  fetch: SafeFetch,
): Promise<unknown> {
  const unavailable = (why: string, cause?: unknown) =>
    new ConfigError(name, [{ option, problem: `needs ${url}, which ${why}`, remedy }], { cause })
  let response: Response
  try {
    response = await fetch(url, { headers: { accept: 'application/json' } })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw unavailable(`could not be fetched: ${why}`, error)
  }
  if (!response.ok) throw unavailable(`answered ${response.status}`)
  try {
    return await response.json()
  } catch (error) {
    throw unavailable('did not answer with JSON', error)
  }
}
