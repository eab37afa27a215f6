import type { IdentityProvider } from '@portico/provider'
import { z } from 'zod'

import type { Context } from '../context.ts'
import { revokeAccess } from '../grants/revoke-access.ts'
import { OAuthError, UpstreamError } from '../oauth-error.ts'
import type { AccountRecord, GrantRecord } from '../records.ts'
import { groups, records } from '../records.ts'
import { presentRefreshToken, type ProviderTokens } from './request-tokens.ts'

const answerSchema = z.object({
  error: z.unknown().optional(),
  access_token: z.string().optional().catch(undefined),
  refresh_token: z.string().optional().catch(undefined),
})

/** After trouble at the provider the user is asked about again this soon. */
const retrySeconds = 300

export const recheckSeal = (subject: string, provider: string): readonly string[] => [
  'provider-token',
  subject,
  provider,
]

/** Keeps the provider's refresh token, sealed, where users are asked about again and the provider gave one. */
export async function keepProviderToken(
  { settings, storage, vault, now }: Context,
  provider: IdentityProvider,
  { subject }: AccountRecord,
  { refreshToken }: ProviderTokens,
): Promise<void> {
  if (settings.recheckUsersSeconds === 0 || refreshToken === undefined) return
  await records(storage, 'provider-token').set(
    subject,
    {
      provider: provider.id,
      sealed: await vault.seal(refreshToken, recheckSeal(subject, provider.id)),
      checkedAt: now(),
    },
    { group: groups.providerTokens(subject), expiresAt: now() + settings.refreshToken.absoluteTtlSeconds },
  )
}

/**
 * AS-68, IDP-14: asks the provider, by its refresh token and not more often than configured, whether the user of a grant is
 * still somebody there. When it says no, everything the user was allowed ends; when it says nothing, the grant stands.
 * To be called only where `recheckUsersSeconds` is not 0.
 *
 * @throws {OAuthError} `invalid_grant` when the user is gone
 */
export async function recheckUser(context: Context, { subject, provider: id }: GrantRecord): Promise<void> {
  const { settings, storage, now } = context
  const interval = settings.recheckUsersSeconds
  const provider = settings.providers.find((each) => each.id === id)
  if (!provider) return
  const kept = records(storage, 'provider-token')
  const found = await kept.get(subject)
  if (!found || found.value.provider !== id || now() - found.value.checkedAt < interval) return
  // Of all requests and nodes one asks: a refresh token that rotates must not be shown twice.
  const claimed = { ...found.value, checkedAt: now() }
  if (!(await kept.replace(found, claimed))) return

  const outcome = await askProvider(context, provider, subject, claimed.sealed)
  if (outcome === 'gone') {
    await revokeAccess(context, { subject })
    throw new OAuthError('invalid_grant', 'The identity provider does not vouch for the user any more.')
  }
  // A rotation of keys may write in between; a token that was rotated must not be lost to it.
  for (let saved = false; !saved;) {
    const current = await kept.get(subject)
    if (!current) return
    saved = await kept.replace(
      current,
      outcome === 'unknown'
        ? { ...current.value, checkedAt: now() - interval + Math.min(retrySeconds, interval) }
        : { ...claimed, sealed: outcome.sealed },
    )
  }
}

async function askProvider(
  context: Context,
  provider: IdentityProvider,
  subject: string,
  sealed: string,
): Promise<'gone' | 'unknown' | { readonly sealed: string }> {
  const { vault, emit } = context
  const place = recheckSeal(subject, provider.id)
  const report = (outcome: 'success' | 'denied' | 'failure', reason?: string, cause?: unknown) =>
    emit({ name: 'user.rechecked', outcome, subject, reason, cause, detail: { provider: provider.id } })
  try {
    const refreshToken = await vault.open(sealed, place)
    const response = await presentRefreshToken(context, provider, refreshToken)
    const { data: answer = {} } = answerSchema.safeParse(await response.json().catch(() => undefined))
    // A page with status 200 vouches for nobody.
    if (response.status === 200 && answer.error === undefined && answer.access_token !== undefined) {
      report('success')
      return { sealed: await vault.seal(answer.refresh_token ?? refreshToken, place) }
    }
    if (answer.error === 'invalid_grant') {
      report('denied', 'invalid_grant')
      return 'gone'
    }
    report('failure', `status_${response.status}`)
  } catch (cause) {
    if (!(cause instanceof UpstreamError) && !(cause instanceof Error && cause.name === 'SealError'))
      throw cause
    report('failure', cause instanceof UpstreamError ? cause.code : 'key_retired', cause)
  }
  return 'unknown'
}
