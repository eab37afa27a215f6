import type { Storage } from '@portico/storage'

import { BoundedMap } from '../bounded-map.ts'
import { sha256Text } from '../digest.ts'
import { clientSubject } from '../grants/client-subject.ts'
import type { RequestFacts } from '../limits/client-address.ts'
import type { RateLimits } from '../limits/rate-limits.ts'
import type { AccessTokenRecord, AccountRecord } from '../records.ts'
import type { Settings } from '../settings.ts'
import type { SigningKeys } from '../signing-keys.ts'
import type { DpopNonces } from './dpop-nonces.ts'
import type { ProvenRequest } from './dpop-proof.ts'
import { createGrantLives, type GrantLife } from './grant-lives.ts'
import { readAccessToken } from './read-access-token.ts'

/** A user as the provider described them at the last sign-in. */
export type Account = AccountRecord

/** What a valid access token says. */
export interface VerifiedAccessToken {
  readonly subject: string
  /** `client`: a machine acts for itself (`client_credentials`), and has no user's accounts. */
  readonly actor: 'user' | 'client'
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly grantId: string
  /** Unix seconds. */
  readonly expiresAt: number
  readonly issuer: string
  /** Thumbprint of the key that the token is bound to (RFC 9449 §6), which was proven; absent for bearer tokens. */
  readonly dpopKey?: string
  /** Of the authorization attempt that the grant was born in; absent for clients that act for themselves. */
  readonly traceId?: string
  /** Absent for clients that act for themselves. */
  readonly account?: Account
}

export interface TokenVerifier {
  /**
   * Verifies an access token for one resource (RS-12): ours, unchanged, of this issuer, for exactly this resource, not
   * expired, its grant alive. Verified tokens are remembered by their hash, and their grants looked at again every
   * `accessToken.recheckSeconds`.
   *
   * @param resourceUrl the resource's canonical URL
   * @param dpop what came with the `DPoP` scheme: a token that is bound to a key needs it, any other must not have it
   * @param from who presents it: an address that presents too many tokens which nobody issued is refused for a while, but
   *   for tokens that are remembered here (SEC-16)
   * @throws {RateLimitError} then
   * @throws {OAuthError} `invalid_dpop_proof` or `use_dpop_nonce`, once the token itself is known to be valid
   * @throws {StorageUnavailableError} when nobody can tell whether the grant is alive
   */
  verify(
    token: string,
    resourceUrl: string,
    dpop?: PresentedProof,
    from?: RequestFacts,
  ): Promise<VerifiedAccessToken | undefined>
  /** The same, at once where everything is remembered that the answer depends on. */
  verifyAtOnce(...presented: Parameters<TokenVerifier['verify']>): AtOnce<VerifiedAccessToken | undefined>
  /** The same without a resource in mind, for introspection. */
  inspect(token: string): Promise<AccessTokenRecord | undefined>
  /** Whether a token that was verified before is still good but for its time, as far as `accessToken.recheckSeconds` tells. */
  holds(token: Pick<VerifiedAccessToken, 'grantId' | 'clientId' | 'subject'>): Promise<boolean>
  /** Makes a revocation on this node seen at once, also by what rests on the grant. */
  forget(grantId: string): void
  /** The same for all grants. */
  forgetAll(): void
}

/** A DPoP proof and the request it came with. */
export interface PresentedProof extends Omit<ProvenRequest, 'accessToken' | 'key'> {
  readonly proof: string
}

type AtOnce<Value> = Value | Promise<Value>

export interface TokenVerifierOptions {
  readonly settings: Settings
  readonly storage: Storage
  readonly signingKeys: SigningKeys
  /** Unix seconds. */
  readonly now: () => number
  /** Absent: proofs need no nonce. */
  readonly dpopNonces?: DpopNonces | undefined
  readonly rateLimits: RateLimits
}

interface CachedToken {
  readonly record: AccessTokenRecord
  readonly scopes: readonly string[]
  /** Rebuilt when the grant was looked at again, as the account may have changed. */
  result?: { readonly life: GrantLife; readonly token: VerifiedAccessToken }
}

const maxTokens = 10_000

export function createTokenVerifier({
  settings,
  storage,
  signingKeys,
  now,
  dpopNonces,
  rateLimits,
}: TokenVerifierOptions): TokenVerifier {
  const tokens = new BoundedMap<string, CachedToken>(maxTokens)
  const lives = createGrantLives({ settings, storage, now })

  const find = (token: string, from?: RequestFacts): AtOnce<CachedToken | undefined> => {
    const hash = sha256Text(token)
    const cached = tokens.get(hash)
    if (!cached) return findUnfamiliar(token, hash, from)
    if (now() < cached.record.expiresAt) return cached
    tokens.delete(hash)
    return undefined
  }

  const findUnfamiliar = async (
    token: string,
    hash: string,
    from?: RequestFacts,
  ): Promise<CachedToken | undefined> => {
    if (from) rateLimits.unfamiliarToken(from.clientAddress)
    const record = await readAccessToken(storage, signingKeys, token)
    if (!record) {
      if (from) await rateLimits.unknownToken(from.clientAddress)
      return undefined
    }
    // Every client presents some of those: it is how most of them learn that it is time to refresh.
    if (record === 'expired' || now() >= record.expiresAt) return undefined
    const entry = { record, scopes: record.scope.split(' ').filter((scope) => scope !== '') }
    tokens.set(hash, entry)
    return entry
  }

  const judge = (
    found: CachedToken | undefined,
    token: string,
    resourceUrl: string,
    dpop: PresentedProof | undefined,
  ): AtOnce<VerifiedAccessToken | undefined> => {
    if (!found) return undefined
    const { record } = found
    if (record.resource !== resourceUrl || !isTaken(settings, record)) return undefined
    // A bound token without its proof is stolen; one that is not bound must not pass for more than it is.
    if ((record.dpopKey === undefined) !== (dpop === undefined)) return undefined
    const life = lives.lookAt(record)
    // However well the token is known, its proof is another one every time.
    if (dpop) return prove(found, life, token, dpop)
    return found.result?.life === life ? found.result.token : describe(found, life)
  }

  const prove = async (
    found: CachedToken,
    life: GrantLife,
    token: string,
    dpop: PresentedProof,
  ): Promise<VerifiedAccessToken | undefined> => {
    if (!(await life.state)) return undefined
    const { verifyDpopProof } = await import('./dpop-proof.ts')
    const request = { ...dpop, accessToken: token, key: found.record.dpopKey }
    await verifyDpopProof({ storage, now, dpopNonces }, dpop.proof, request)
    return found.result?.life === life ? found.result.token : describe(found, life)
  }

  const verifyAtOnce: TokenVerifier['verifyAtOnce'] = (token, resourceUrl, dpop, from) => {
    const found = find(token, from)
    return found instanceof Promise
      ? found.then((read) => judge(read, token, resourceUrl, dpop))
      : judge(found, token, resourceUrl, dpop)
  }

  return {
    verify: async (...presented) => verifyAtOnce(...presented),
    verifyAtOnce,
    async inspect(token) {
      const found = await find(token)
      return found && isTaken(settings, found.record) && (await lives.lookAt(found.record).state)
        ? found.record
        : undefined
    },
    holds: async (token) => (await lives.lookAt(token).state) !== undefined,
    forget: lives.forget,
    forgetAll: lives.forgetAll,
  }
}

/** What a token says while its grant is as `life` found it. */
async function describe(found: CachedToken, life: GrantLife): Promise<VerifiedAccessToken | undefined> {
  const { record, scopes } = found
  const state = await life.state
  if (!state) return undefined
  const verified: VerifiedAccessToken = {
    subject: record.subject,
    actor: record.subject === clientSubject(record.clientId) ? 'client' : 'user',
    clientId: record.clientId,
    scopes,
    grantId: record.grantId,
    expiresAt: record.expiresAt,
    issuer: record.issuer,
    ...(record.dpopKey !== undefined && { dpopKey: record.dpopKey }),
    ...state,
  }
  found.result = { life, token: verified }
  return verified
}

/**
 * Whether the resource takes such tokens as it is configured now: of its own issuer or the gateway-wide one, whichever the
 * client talked to, and bound to a key where it takes no others.
 */
function isTaken(settings: Settings, { issuer, resource, dpopKey }: AccessTokenRecord): boolean {
  const known = settings.resources.get(resource)
  if (known === undefined || (known.dpopBound && dpopKey === undefined)) return false
  return issuer === known.issuer || issuer === settings.publicUrl
}
