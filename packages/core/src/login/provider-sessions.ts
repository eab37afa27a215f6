import type { IdentityProvider } from '@portico/provider'

import { forgetRememberedConsents } from '../consent/remembered-consent.ts'
import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { revokeGrants } from '../grants/revoke-grants.ts'
import { groups, listRecords, type ProviderSessionRecord, records } from '../records.ts'
import type { LogoutNotice } from './verify-logout-token.ts'

/** How the provider's logout tokens will name a session of ours. */
export interface ProviderSession {
  readonly providerSubject: string
  readonly providerSessionId: string | undefined
  /** Of ours. */
  readonly subject: string
  /** Hashed id of our session. */
  readonly session: string
}

/** Remembers which of the provider's sessions ours came from, for as long as something that may end with it can live. */
export async function noteProviderSession(
  { storage, settings, now }: Context,
  provider: IdentityProvider,
  { providerSubject, providerSessionId, subject, session }: ProviderSession,
  sessionTtlSeconds: number,
): Promise<void> {
  if (settings.backChannelLogout === 'off') return
  const grantTtl = settings.backChannelLogout === 'grants' ? settings.refreshToken.absoluteTtlSeconds : 0
  const expiresAt = now() + Math.max(sessionTtlSeconds, grantTtl)
  const value = { subject, session, named: providerSessionId !== undefined }
  const links = records(storage, 'provider-session')
  const names = [
    ['sub', providerSubject] as const,
    ...(providerSessionId === undefined ? [] : [['sid', providerSessionId] as const]),
  ]
  await Promise.all(
    names.map(([kind, name]) =>
      links.set(`${kind}:${session}`, value, { group: groupOf(provider, kind, name), expiresAt }),
    ),
  )
}

/**
 * Ends what a logout token names: one session, or without a `sid` all of the user. With `backChannelLogout: 'grants'` the
 * grants born there end as well. Doing it twice does no harm.
 */
export async function endProviderSessions(
  context: Context,
  provider: IdentityProvider,
  { issuer, providerSubject, providerSessionId }: LogoutNotice,
): Promise<void> {
  const find = (kind: 'sub' | 'sid', name: string | undefined) =>
    name === undefined ? [] : linksOf(context, issuer, groupOf(provider, kind, name))
  const ofUser = await find('sub', providerSubject)
  // Sessions whose ID token had no `sid` cannot be told apart: they end with any of the user's.
  const ended =
    providerSessionId === undefined
      ? ofUser
      : [...(await find('sid', providerSessionId)), ...ofUser.filter(({ named }) => !named)]
  await Promise.all(ended.map((link) => endSession(context, provider, link)))
  const subjects = new Set(ended.map(({ subject }) => subject))
  await Promise.all([...subjects].map((subject) => forgetRememberedConsents(context, subject)))
  if (context.settings.backChannelLogout !== 'grants') return
  const selections = providerSessionId === undefined ? [...subjects].map((subject) => ({ subject })) : ended
  await Promise.all(selections.map((selection) => revokeGrants(context, selection, 'logout')))
}

/**
 * Of the links of one name those of the issuer's own users: each tenant behind a provider chooses `sub` and `sid` for itself,
 * and must not end sessions of another one's users by them.
 */
async function linksOf(
  { storage }: Context,
  issuer: string,
  group: string,
): Promise<readonly ProviderSessionRecord[]> {
  const accounts = records(storage, 'account')
  const links = await listRecords(storage, 'provider-session', group)
  const own = new Set<string>()
  const subjects = new Set(links.map(({ value }) => value.subject))
  await Promise.all(
    [...subjects].map(async (subject) => {
      if ((await accounts.get(subject))?.value.issuer === issuer) own.add(subject)
    }),
  )
  return links.map(({ value }) => value).filter(({ subject }) => own.has(subject))
}

async function endSession(
  { storage, emit }: Context,
  provider: IdentityProvider,
  { subject, session }: ProviderSessionRecord,
): Promise<void> {
  const ended = await storage.take(['session', session])
  if (!ended) return
  emit({
    name: 'session.ended',
    outcome: 'success',
    subject,
    reason: 'provider_logout',
    detail: { provider: provider.id },
  })
}

function groupOf(provider: IdentityProvider, kind: 'sub' | 'sid', name: string): string {
  return groups.providerSessions(sha256Text(JSON.stringify([provider.id, kind, name])))
}
