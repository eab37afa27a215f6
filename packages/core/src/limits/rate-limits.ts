import type { AuditEvent } from '../audit-event.ts'
import { BoundedMap } from '../bounded-map.ts'
import { OAuthError } from '../oauth-error.ts'
import { addressKey } from './client-address.ts'
import type { Counts, WindowCounters } from './window-counters.ts'
import { windowSeconds } from './window-counters.ts'

/** What is counted by the address it comes from. */
export type AddressLimit = 'registration' | 'authorization' | 'token' | 'device' | 'failures'

/** Requests per minute; `undefined` where a limit is switched off. */
export type RateLimitSettings = {
  readonly [Name in AddressLimit | 'unknownTokens' | 'client' | 'userCodes']: number | undefined
}

/** More was asked for than one address, client or user may: 429 with `Retry-After` (SEC-16). */
export class RateLimitError extends OAuthError {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super('temporarily_unavailable', `Too many requests. Try again in ${retryAfterSeconds} seconds.`, {
      status: 429,
      headers: { 'retry-after': String(retryAfterSeconds) },
    })
    this.retryAfterSeconds = retryAfterSeconds
  }
}

type Emit = (event: AuditEvent) => void

/**
 * SEC-16, AS-71: everything here counts one event, and throws {@link RateLimitError} when it is one too many. Each is told to
 * `emit`, which is that of the request.
 */
export interface RateLimits {
  /**
   * A request; also refused while the address has made too many wrong guesses. Without an address, or without limits, there
   * is nothing to wait for.
   */
  request(
    limit: Exclude<AddressLimit, 'failures'> | undefined,
    address: string | undefined,
    emit?: Emit,
  ): Promise<void> | undefined
  /** A credential, code, token or handle that did not exist: of too many, the next requests are refused. */
  failure(address: string | undefined, emit?: Emit): Promise<void>
  /** Before an access token is looked at that this node does not know; goes by what was counted here, and asks no storage. */
  unfamiliarToken(address: string | undefined): void
  /** An access token that nobody ever issued: of too many, the next unfamiliar ones are refused. */
  unknownToken(address: string | undefined): Promise<void>
  /** A request of a client that has proven who it is: the id of a public one is anybody's, so it is not counted. */
  client(clientId: string, emit?: Emit): Promise<void>
  /** A code that a signed-in user typed. */
  userCode(subject: string, emit?: Emit): Promise<void>
}

export interface RateLimitsOptions {
  /** `undefined` switches everything off. */
  readonly settings: RateLimitSettings | undefined
  readonly counters: WindowCounters
  /** Unix seconds. */
  readonly now: () => number
  readonly emit: (event: AuditEvent) => void
}

const maxRemembered = 10_000

export function createRateLimits({
  settings,
  counters,
  now,
  emit: emitByDefault,
}: RateLimitsOptions): RateLimits {
  // Who is over a limit until when, so that further requests cost no storage access.
  const refusedUntil = new BoundedMap<string, number>(maxRemembered)

  const ownerAt = (address: string | undefined): string | undefined =>
    settings && address !== undefined ? ownerOf(address) : undefined

  /** @returns for how many seconds */
  const block = (owner: string, limit: string, emit: Emit): number => {
    const until = (Math.floor(now() / windowSeconds) + 1) * windowSeconds
    if (refusedUntil.get(`${limit} ${owner}`) !== until) {
      refusedUntil.set(`${limit} ${owner}`, until)
      emit({ name: 'rate_limit.exceeded', outcome: 'denied', reason: limit, detail: { source: owner } })
    }
    return until - now()
  }
  const refuse = (owner: string, limit: string, emit: Emit): never => {
    throw new RateLimitError(block(owner, limit, emit))
  }
  const check = (owner: string, limit: keyof RateLimitSettings, counts: Counts, emit: Emit): void => {
    const allowed = settings?.[limit]
    if (allowed !== undefined && (counts[limit] ?? 0) > allowed) refuse(owner, limit, emit)
  }
  const checkRemembered = (owner: string, limit: string, emit: Emit): void => {
    if (now() < (refusedUntil.get(`${limit} ${owner}`) ?? 0)) refuse(owner, limit, emit)
  }
  const count = async (owner: string, limit: 'client' | 'userCodes', emit = emitByDefault): Promise<void> => {
    if (settings?.[limit] === undefined) return
    checkRemembered(owner, limit, emit)
    check(owner, limit, await counters.add(owner, limit), emit)
  }

  const countRequest = async (
    owner: string,
    limit: Exclude<AddressLimit, 'failures'> | undefined,
    emit: Emit,
  ): Promise<void> => {
    checkRemembered(owner, 'failures', emit)
    if (limit === undefined || settings?.[limit] === undefined) return
    checkRemembered(owner, limit, emit)
    const counts = await counters.add(owner, limit)
    check(owner, limit, counts, emit)
    // `failures` of other nodes: they are counted in the same record.
    const failures = settings.failures
    if (failures !== undefined && (counts['failures'] ?? 0) >= failures) refuse(owner, 'failures', emit)
  }
  const countGuess = async (
    limit: 'failures' | 'unknownTokens',
    address: string | undefined,
    emit = emitByDefault,
  ): Promise<void> => {
    const owner = ownerAt(address)
    const allowed = settings?.[limit]
    if (owner === undefined || allowed === undefined) return
    const counts = await counters.add(owner, limit)
    if ((counts[limit] ?? 0) >= allowed) block(owner, limit, emit)
  }

  return {
    request(limit, address, emit = emitByDefault) {
      const owner = ownerAt(address)
      return owner === undefined ? undefined : countRequest(owner, limit, emit)
    },
    failure: (address, emit) => countGuess('failures', address, emit),
    unfamiliarToken(address) {
      const owner = ownerAt(address)
      if (owner !== undefined) checkRemembered(owner, 'unknownTokens', emitByDefault)
    },
    unknownToken: (address) => countGuess('unknownTokens', address),
    client: (clientId, emit) => count(`client ${clientId}`, 'client', emit),
    userCode: (subject, emit) => count(`user ${subject}`, 'userCodes', emit),
  }
}

function ownerOf(address: string): string | undefined {
  const key = addressKey(address)
  return key && `address ${key}`
}
