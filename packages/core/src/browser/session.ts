import type { IdentityProvider } from '@portico/provider'

import type { Context } from '../context.ts'
import { lastAccessEnd } from '../grants/access-end.ts'
import { cutOffUntil } from '../grants/cutoffs.ts'
import { noteProviderSession } from '../login/provider-sessions.ts'
import {
  type AccountRecord,
  groups,
  recordByStoredId,
  records,
  type SessionRecord,
  storedId,
  withoutVersion,
} from '../records.ts'
import { clearCookie, readCookie, setCookie } from './cookies.ts'
import { sessionLifetime } from './session-lifetime.ts'

/** A browser in which somebody is signed in. */
export interface SignedIn {
  readonly session: SessionRecord
  /** Hashed id of the session, as records name it. */
  readonly sessionId: string
  readonly account: AccountRecord
  readonly provider: IdentityProvider
  /** Which end of the user's access was the last one when the session was looked at. */
  readonly accessEnd: string | undefined
}

/** What a login says about the session it begins. */
export interface NewSession {
  readonly account: AccountRecord
  readonly provider: IdentityProvider
  /** Unix seconds of the authentication at the provider. */
  readonly authenticatedAt: number
  readonly providerSessionId?: string | undefined
  readonly providerSubject?: string | undefined
  /** Kept, sealed, only for providers whose logout wants to see it again. */
  readonly idToken?: string | undefined
}

const name = 'session'
/** Context words of the sealed ID token. */
const idTokenSeal = (sessionId: string): readonly string[] => ['session-id-token', sessionId]

/**
 * Who is signed in in the browser that sent `request`: the session lives, its account exists and its provider is still
 * configured. The token of an MCP client says nothing here (SEC-15).
 */
export async function signedIn(context: Context, request: Request): Promise<SignedIn | undefined> {
  const { settings, storage } = context
  const id = readCookie(settings, request, name)
  if (id === undefined || id === '') return undefined
  const found = await records(storage, 'session').get(id)
  if (!found) return undefined
  const { value: session } = found
  const provider = settings.providers.find((each) => each.id === session.provider)
  const [account, revokedUntil, accessEnd] = await Promise.all([
    records(storage, 'account').get(session.subject),
    cutOffUntil(storage),
    lastAccessEnd(context, session.subject),
  ])
  if (!provider || !account || session.createdAt <= revokedUntil) return undefined
  const sessionId = storedId('session', id)
  return { session, sessionId, account: withoutVersion(account.value), provider, accessEnd }
}

/**
 * Whether the session in which `user` was found still stands, and none of the user's access has been ended since. To be asked
 * when a grant has been written: who ends a session, or a user's grants, at that moment has not seen this one (AS-82).
 */
export async function isUndisturbed(
  { storage }: Pick<Context, 'storage'>,
  { session, sessionId, accessEnd }: SignedIn,
): Promise<boolean> {
  const [found, revokedUntil, lastEnd] = await Promise.all([
    recordByStoredId(storage, 'session', sessionId),
    cutOffUntil(storage),
    lastAccessEnd({ storage }, session.subject),
  ])
  // What was noted before is forgotten after a while: that is no end of access.
  const isEnded = lastEnd !== undefined && lastEnd !== accessEnd
  return found !== undefined && session.createdAt > revokedUntil && !isEnded
}

/**
 * Begins a session under a new id, whatever the browser had before: an id that somebody planted or saw is worth nothing
 * afterwards (E07).
 *
 * @returns the hashed id, and the `Set-Cookie` value
 */
export async function startSession(
  context: Context,
  request: Request,
  { account, provider, authenticatedAt, providerSessionId, providerSubject, idToken }: NewSession,
): Promise<{ readonly sessionId: string; readonly cookie: string }> {
  const { settings, storage, vault, now, randomToken } = context
  const before = readCookie(settings, request, name)
  const id = randomToken()
  const sessionId = storedId('session', id)
  const lifetime = sessionLifetime(settings, provider)
  const session: SessionRecord = {
    subject: account.subject,
    provider: provider.id,
    authenticatedAt,
    createdAt: now(),
    ...(providerSessionId !== undefined && { providerSessionId }),
    ...(idToken !== undefined && { idToken: await vault.seal(idToken, idTokenSeal(sessionId)) }),
  }
  const sessions = records(storage, 'session')
  await sessions.set(id, session, {
    group: groups.subjectSessions(account.subject),
    expiresAt: now() + lifetime,
    when: 'absent',
  })
  if (providerSubject !== undefined) {
    const names = { providerSubject, providerSessionId, subject: account.subject, session: sessionId }
    await noteProviderSession(context, provider, names, lifetime)
  }
  if (before) await sessions.delete(before)
  return { sessionId, cookie: setCookie(settings, name, id, lifetime) }
}

/** Ends the session of this browser, on the server and in the browser. @returns the `Set-Cookie` value */
export async function endSession({ settings, storage }: Context, request: Request): Promise<string> {
  const id = readCookie(settings, request, name)
  if (id) await records(storage, 'session').delete(id)
  return clearCookie(settings, name)
}

/** The provider's ID token of this session, if it was kept and can still be opened. */
export async function sessionIdToken(
  { vault }: Pick<Context, 'vault'>,
  { session, sessionId }: SignedIn,
): Promise<string | undefined> {
  if (session.idToken === undefined) return undefined
  return vault.open(session.idToken, idTokenSeal(sessionId)).catch(() => undefined)
}
