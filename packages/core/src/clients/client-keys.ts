import type { SafeFetch } from '@portico/safe-fetch'
import type { createLocalJWKSet } from 'jose'
import { z } from 'zod'

import { BoundedMap } from '../bounded-map.ts'
import { OAuthError } from '../oauth-error.ts'
import type { FetchBudget } from './fetch-budget.ts'

/** Chooses a key of a set by the header of a token. */
type KeySet = ReturnType<typeof createLocalJWKSet>

/** The key sets that clients publish at their `jwks_uri`. */
export interface ClientKeys {
  /** @throws {OAuthError} `temporarily_unavailable` when the set cannot be had */
  get(jwksUri: string): Promise<KeySet>
  /** Past the cache, for a key that is not in it, but not more than once in a while for one set. */
  refetch(jwksUri: string): Promise<KeySet>
}

const cacheSeconds = 600
const refetchPauseSeconds = 30
const maxSets = 500
const maxBytes = 65_536

// Nothing symmetric: a published secret is none.
const keySetSchema = z.object({
  keys: z.array(z.looseObject({ kty: z.string() })).max(100),
})

export interface ClientKeysOptions {
  readonly fetch: SafeFetch
  readonly budget: FetchBudget
  /** Unix seconds. */
  readonly now: () => number
}

export function createClientKeys({ fetch, budget, now }: ClientKeysOptions): ClientKeys {
  const cache = new BoundedMap<string, { readonly keys: Promise<KeySet>; readonly fetchedAt: number }>(
    maxSets,
  )

  const load = (jwksUri: string): Promise<KeySet> => {
    const keys = fetchKeySet(fetch, budget, jwksUri)
    const entry = { keys, fetchedAt: now() }
    // Anew, so that the set that was fetched longest ago is the first to be forgotten.
    cache.delete(jwksUri)
    cache.set(jwksUri, entry)
    // Failures are not cached (CIMD-15).
    keys.catch(() => {
      if (cache.get(jwksUri) === entry) cache.delete(jwksUri)
    })
    return keys
  }
  const unlessOlderThan = (seconds: number) => (jwksUri: string) => {
    const cached = cache.get(jwksUri)
    return cached && now() - cached.fetchedAt < seconds ? cached.keys : load(jwksUri)
  }
  return { get: unlessOlderThan(cacheSeconds), refetch: unlessOlderThan(refetchPauseSeconds) }
}

async function fetchKeySet(fetch: SafeFetch, budget: FetchBudget, jwksUri: string): Promise<KeySet> {
  budget.spend(jwksUri)
  try {
    const response = await fetch(jwksUri, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      maxBytes,
    })
    if (response.status !== 200)
      throw new Error(`The key set of the client was answered with ${response.status}.`)
    const { keys } = keySetSchema.parse(await response.json())
    const { createLocalJWKSet } = await import('jose/jwks/local')
    return createLocalJWKSet({ keys: keys.filter((key) => key.kty !== 'oct') })
  } catch (cause) {
    throw new OAuthError(
      'temporarily_unavailable',
      'The keys of the client cannot be fetched from its jwks_uri.',
      {
        cause,
        headers: { 'retry-after': '30' },
      },
    )
  }
}
