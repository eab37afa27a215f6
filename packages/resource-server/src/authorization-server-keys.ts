import type { SafeFetch } from '@portico/safe-fetch'
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose'
import * as errors from 'jose/errors'
import { createLocalJWKSet } from 'jose/jwks/local'

export interface AuthorizationServerKeysOptions {
  readonly issuer: string
  readonly jwksUrl?: string | undefined
  readonly fetch: SafeFetch
  readonly now: () => number
}

/** The keys of the authorization server cannot be had: nothing is known about the token. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
  readonly code = 'keys_unavailable'
}

/** Keys are taken for fresh this long. */
const maxAgeSeconds = 600
/** An unknown `kid`, or a failure while there are older keys, causes one request at most in this time. */
const cooldownSeconds = 30
/** The same without any keys, when every token has to wait for them. */
const retryPauseSeconds = 5

/**
 * Finds a token's key in the issuer's key set: fetched at the first token, again for an unknown `kid`, and kept when the
 * issuer is away.
 */
export function authorizationServerKeys(options: AuthorizationServerKeysOptions): JWTVerifyGetKey {
  const { now } = options
  let keys: JWTVerifyGetKey | undefined
  let loadedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<JWTVerifyGetKey> | undefined
  let failure: Error | undefined

  const load = async (): Promise<JWTVerifyGetKey> => {
    triedAt = now()
    loading ??= fetchKeys(options)
    try {
      const loaded = await loading
      keys = loaded
      loadedAt = now()
      return loaded
    } catch (error) {
      failure = error as Error
      throw error
    } finally {
      loading = undefined
    }
  }
  const rested = () => now() - triedAt >= cooldownSeconds

  return async (header, token) => {
    const known = keys
    // Anybody can send what looks like a token: not each of them asks again.
    if (!known && !loading && failure && now() - triedAt < retryPauseSeconds) throw failure
    let current = known ?? (await load())
    if (known !== undefined && now() - loadedAt >= maxAgeSeconds && rested()) {
      current = await load().catch(() => known)
    }
    try {
      return await current(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !rested()) throw error
      return (await load())(header, token)
    }
  }
}

async function fetchKeys({
  issuer,
  jwksUrl,
  fetch,
}: AuthorizationServerKeysOptions): Promise<JWTVerifyGetKey> {
  try {
    const url = jwksUrl ?? (await discoverJwksUrl(issuer, fetch))
    return createLocalJWKSet((await getJson(url, fetch)) as unknown as JSONWebKeySet)
  } catch (cause) {
    throw new KeysUnavailableError(`the keys of ${issuer} cannot be had`, { cause })
  }
}

/** RFC 8414 §3.1: the well-known path goes between host and path; §3.3: the document must name the same issuer. */
async function discoverJwksUrl(issuer: string, fetch: SafeFetch): Promise<string> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const metadata = await getJson(`${origin}/.well-known/oauth-authorization-server${path}`, fetch)
  if (metadata['issuer'] !== issuer) throw new Error('the metadata document names another issuer')
  if (typeof metadata['jwks_uri'] !== 'string') throw new Error('the metadata document has no jwks_uri')
  return metadata['jwks_uri']
}

async function getJson(url: string, fetch: SafeFetch): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, { headers: { accept: 'application/json' } })
  if (response.status !== 200) throw new Error(`${new URL(url).origin} answered ${response.status}`)
  const document: unknown = await response.json()
  if (typeof document !== 'object' || document === null) throw new Error('the document is no JSON object')
  return document as Readonly<Record<string, unknown>>
}
