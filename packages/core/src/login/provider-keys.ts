import type { SafeFetch } from '@portico/safe-fetch'
import type { JWK } from 'jose'
import { z } from 'zod'

import { UpstreamError } from '../oauth-error.ts'

/** Where a key set is, and how long to wait for it. */
export interface KeySetSource {
  readonly jwksUrl: string
  readonly timeoutMs: number
}

/** What the header of a token says about its key. */
export interface KeyHint {
  readonly alg: string
  readonly kid?: string | undefined
}

/** A key that a provider publishes. */
export interface ProviderKey {
  /** The members that verify a signature, and no others. */
  readonly jwk: JWK
  /** Further members, e.g. the issuer that Entra says a key signs for. */
  readonly extensions: Readonly<Record<string, unknown>>
}

/** The published signature keys of the providers: fetched when needed, remembered, and kept while a provider is away. */
export interface ProviderKeys {
  /**
   * The keys that could have signed a token with this header.
   *
   * @throws {UpstreamError} `key_set_unavailable` when there is no usable copy and none can be had
   */
  find(source: KeySetSource, hint: KeyHint): Promise<readonly ProviderKey[]>
}

const keySetSchema = z.object({ keys: z.array(z.unknown()) })
const keySchema = z.looseObject({
  kty: z.string(),
  kid: z.string().nullish(),
  use: z.string().nullish(),
  alg: z.string().nullish(),
  n: z.string().optional(),
  e: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
})
type PublishedKey = z.output<typeof keySchema>

/** After this time the set is fetched again when it is next needed. */
const freshSeconds = 600
/** After this time a set is worth nothing, even if its provider is away. */
const keptSeconds = 86_400
/** An unknown `kid`, or a provider that is away, causes at most one request per this time (IDP-10). */
const coolDownSeconds = 30
const maximumBytes = 262_144

interface KeySet {
  keys: readonly PublishedKey[]
  fetchedAt: number
  failedAt: number
  missedAt: number
  pending: Promise<void> | undefined
}

export function createProviderKeys(options: {
  readonly fetch: SafeFetch
  readonly now: () => number
}): ProviderKeys {
  const { fetch, now } = options
  const sets = new Map<string, KeySet>()

  async function refresh(set: KeySet, { jwksUrl, timeoutMs }: KeySetSource): Promise<void> {
    set.pending ??= download(fetch, jwksUrl, timeoutMs)
      .then(
        (keys) => {
          set.keys = keys
          set.fetchedAt = now()
          set.failedAt = -Infinity
        },
        (error: unknown) => {
          set.failedAt = now()
          throw error
        },
      )
      .finally(() => {
        set.pending = undefined
      })
    await set.pending
  }

  /** A copy that may be used: the old one goes on serving while its provider is away. */
  async function upToDate(source: KeySetSource): Promise<KeySet> {
    const set = sets.get(source.jwksUrl) ?? emptySet()
    sets.set(source.jwksUrl, set)
    if (now() - set.fetchedAt < freshSeconds) return set
    const kept = now() - set.fetchedAt < keptSeconds
    if (kept && now() - set.failedAt < coolDownSeconds) return set
    try {
      await refresh(set, source)
    } catch (error) {
      if (!kept) throw error
    }
    return set
  }

  return {
    async find(source, hint) {
      const set = await upToDate(source)
      const found = set.keys.filter((key) => fits(key, hint))
      if (found.length > 0) return found.map(providerKey)
      // Who comes while the set is being fetched waits for it: after a rotation many logins miss the same key at once.
      if (set.pending === undefined) {
        if (now() - set.missedAt < coolDownSeconds) return []
        set.missedAt = now()
      }
      await refresh(set, source).catch(() => undefined)
      return set.keys.filter((key) => fits(key, hint)).map(providerKey)
    },
  }
}

const emptySet = (): KeySet => ({
  keys: [],
  fetchedAt: -Infinity,
  failedAt: -Infinity,
  missedAt: -Infinity,
  pending: undefined,
})

async function download(fetch: SafeFetch, url: string, timeoutMs: number): Promise<readonly PublishedKey[]> {
  const unavailable = (problem: string, cause?: unknown): UpstreamError =>
    new UpstreamError('key_set_unavailable', `The key set ${url} ${problem}`, { cause })
  let response: Response
  try {
    response = await fetch(url, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      timeoutMs,
      maxBytes: maximumBytes,
    })
  } catch (cause) {
    throw unavailable('cannot be fetched.', cause)
  }
  if (response.status !== 200) throw unavailable(`answered ${response.status}.`)
  const body: unknown = await response.json().catch(() => undefined)
  const parsed = keySetSchema.safeParse(body)
  if (!parsed.success) throw unavailable('is not a JSON Web Key Set (RFC 7517 §5).')
  // Keys of unknown types, or for other uses, are passed over: one strange key must not stop every login.
  return parsed.data.keys.flatMap((key) => {
    const known = keySchema.safeParse(key)
    return known.success ? [known.data] : []
  })
}

const ellipticCurves: Readonly<Record<string, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'Ed25519',
  Ed25519: 'Ed25519',
}

/** The algorithm is the provider's setting, never the key's own claim; a key may only rule itself out. */
function fits(key: PublishedKey, { alg, kid }: KeyHint): boolean {
  if (kid !== undefined && key.kid !== kid) return false
  if (key.use != null && key.use !== 'sig') return false
  if (key.alg != null && key.alg !== alg && !(isEdwards(key.alg) && isEdwards(alg))) return false
  if (/^[RP]S\d{3}$/.test(alg)) return key.kty === 'RSA'
  return key.kty === (isEdwards(alg) ? 'OKP' : 'EC') && key.crv === ellipticCurves[alg]
}

const isEdwards = (alg: string): boolean => alg === 'EdDSA' || alg === 'Ed25519'

function providerKey({ kty, n, e, crv, x, y, ...extensions }: PublishedKey): ProviderKey {
  const members = Object.entries({ kty, n, e, crv, x, y }).filter(([, value]) => value !== undefined)
  return { jwk: Object.fromEntries(members) as JWK, extensions }
}
