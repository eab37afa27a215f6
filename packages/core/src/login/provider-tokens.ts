import type { IdentityProvider } from '@portico/provider'
import { decodeJwt } from 'jose'

import { sessionLifetime } from '../browser/session-lifetime.ts'
import type { Context } from '../context.ts'
import { cutOffUntil } from '../grants/cutoffs.ts'
import { UpstreamError } from '../oauth-error.ts'
import type { AccountRecord, Found, GrantRecord, ProviderTokensRecord } from '../records.ts'
import { groups, listRecords, records } from '../records.ts'
import { SealError } from '../vault.ts'
import { keepsTokensOf } from './keeps-tokens-of.ts'
import { type ProviderTokens, renewTokens } from './request-tokens.ts'

/** A token of the provider that somebody behind a resource can be shown. */
export type ProviderTokenType = 'id_token' | 'access_token'

/** What is kept, sealed as JSON. */
interface KeptTokens {
  readonly idToken?: string | undefined
  readonly accessToken?: string | undefined
  /** Unix seconds. */
  readonly accessTokenExpiresAt: number
  readonly refreshToken?: string | undefined
}

/** Seconds before its end from which on a token is renewed rather than used. */
const expiryMarginSeconds = 30
/** Of an access token whose provider does not say. */
const defaultTtlSeconds = 300
/** Longer than a request to a provider may take. */
const renewalSeconds = 30
const pollMs = 50

/** A ciphertext moved to another user does not open (G02). */
export const providerTokensSeal = (subject: string): readonly string[] => ['provider-tokens', subject]

/** Keeps what a sign-in brought until the session ends; a grant that needs it keeps it longer. */
export async function saveProviderTokens(
  context: Context,
  provider: IdentityProvider,
  { subject }: AccountRecord,
  tokens: ProviderTokens,
): Promise<void> {
  if (!keepsTokensOf(context.settings, provider)) return
  const { storage, settings, now } = context
  const previous = await records(storage, 'provider-tokens').get(subject)
  const kept = previous && (await opened(context, previous))
  const sessionEnd = now() + sessionLifetime(settings, provider)
  await write(context, subject, provider, keptTokens(tokens, now(), kept?.refreshToken), {
    expiresAt: Math.max(sessionEnd, previous?.expiresAt ?? 0),
  })
}

/** A grant for a resource that needs them: they live as long as it can. */
export async function holdProviderTokens(
  { settings, storage }: Pick<Context, 'settings' | 'storage'>,
  { subject, resource, expiresAt }: Pick<GrantRecord, 'subject' | 'resource' | 'expiresAt'>,
): Promise<void> {
  if (!settings.providerTokens.has(resource)) return
  const kept = records(storage, 'provider-tokens')
  for (let held = false; !held;) {
    const found = await kept.get(subject)
    if (!found || (found.expiresAt ?? Infinity) >= expiresAt) return
    held = await kept.replace(found, found.value, expiresAt)
  }
}

/** After a grant has ended: with the last one that needs them, they go. */
export async function releaseProviderTokens(
  { settings, storage }: Pick<Context, 'settings' | 'storage'>,
  { subject, resource }: Pick<GrantRecord, 'subject' | 'resource'>,
): Promise<void> {
  if (!settings.providerTokens.has(resource)) return
  const others = await listRecords(storage, 'grant', groups.subjectGrants(subject))
  if (others.some(({ value }) => settings.providerTokens.has(value.resource))) return
  await records(storage, 'provider-tokens').delete(subject)
}

/**
 * A token of the provider that is still good, renewed if need be: one node does it, the others wait.
 *
 * @returns undefined when the user has to sign in again
 * @throws {UpstreamError} `token_endpoint_unavailable` for trouble that may pass
 */
export async function providerToken(
  context: Context,
  subject: string,
  type: ProviderTokenType,
): Promise<string | undefined> {
  const kept = records(context.storage, 'provider-tokens')
  for (;;) {
    const found = await kept.get(subject)
    if (!found || found.value.savedAt <= (await cutOffUntil(context.storage))) return undefined
    const tokens = await opened(context, found)
    if (!tokens) return undefined
    const good = goodToken(tokens, type, context.now())
    if (good !== undefined || tokens.refreshToken === undefined) return good
    if (found.value.renewingSince === undefined) {
      const mark = { ...found.value, renewingSince: context.now() }
      if (!(await kept.replace(found, mark))) continue
      return goodToken(await renew(context, subject, tokens), type, context.now())
    }
    // Whoever began it has died with the answer, and the refresh token may be used up.
    if (!isBeingRenewed(found.value, context.now())) return undefined
    await new Promise((resolve) => void setTimeout(resolve, pollMs))
  }
}

/** Whether a node may still be about to save what it gets in exchange. */
export function isBeingRenewed({ renewingSince }: ProviderTokensRecord, now: number): boolean {
  return renewingSince !== undefined && now < renewingSince + renewalSeconds
}

/** Presents the refresh token, and saves the answer before anything else happens with it. */
async function renew(context: Context, subject: string, tokens: KeptTokens): Promise<KeptTokens | undefined> {
  const found = await records(context.storage, 'provider-tokens').get(subject)
  const provider = context.settings.providers.find(({ id }) => id === found?.value.provider)
  if (!found || !provider || tokens.refreshToken === undefined) return undefined
  let answer: ProviderTokens
  try {
    answer = await renewTokens(context, provider, tokens.refreshToken)
  } catch (error) {
    // Refused: only a sign-in brings another one.
    const isRefused = error instanceof UpstreamError && error.code === 'token_endpoint_refused'
    if (isRefused) {
      await write(context, subject, provider, { ...tokens, refreshToken: undefined }, { found })
      return undefined
    }
    const { renewingSince: _, ...unmarked } = found.value
    await records(context.storage, 'provider-tokens').replace(found, unmarked)
    throw error
  }
  requireSameUser(provider, tokens, answer)
  const renewed = keptTokens(answer, context.now(), tokens.refreshToken)
  const isKept = await write(context, subject, provider, renewed, { found })
  return isKept ? renewed : undefined
}

/** OpenID Connect Core §12.2: the new ID token is about the same user. */
function requireSameUser({ name }: IdentityProvider, before: KeptTokens, after: ProviderTokens): void {
  if (before.idToken === undefined || after.idToken === undefined) return
  const [old, renewed] = [decodeJwt(before.idToken), decodeJwt(after.idToken)]
  if (old.sub === renewed.sub && old.iss === renewed.iss) return
  throw new UpstreamError('token_answer_invalid', `The renewed ID token of ${name} is about another user.`)
}

function keptTokens(
  { idToken, accessToken, refreshToken, body }: ProviderTokens,
  now: number,
  previousRefreshToken: string | undefined,
): KeptTokens {
  const { expires_in: lifetime } = body
  return {
    idToken,
    accessToken,
    accessTokenExpiresAt: now + (typeof lifetime === 'number' ? lifetime : defaultTtlSeconds),
    refreshToken: refreshToken ?? previousRefreshToken,
  }
}

function goodToken(tokens: KeptTokens | undefined, type: ProviderTokenType, now: number): string | undefined {
  const token = type === 'id_token' ? tokens?.idToken : tokens?.accessToken
  if (!tokens || token === undefined) return undefined
  const expiresAt = type === 'id_token' ? (decodeJwt(token).exp ?? 0) : tokens.accessTokenExpiresAt
  return expiresAt > now + expiryMarginSeconds ? token : undefined
}

async function write(
  { storage, vault, now }: Context,
  subject: string,
  provider: IdentityProvider,
  tokens: KeptTokens,
  { expiresAt, found }: { expiresAt?: number; found?: Found<ProviderTokensRecord> },
): Promise<boolean> {
  const value = {
    provider: provider.id,
    tokens: await vault.seal(JSON.stringify(tokens), providerTokensSeal(subject)),
    savedAt: now(),
  }
  const kept = records(storage, 'provider-tokens')
  return found
    ? kept.replace(found, value)
    : kept.set(subject, value, { group: groups.providerTokens(subject), expiresAt })
}

/** Undefined, as after any end of a key, when the keyring cannot open them any more: the user signs in again. */
async function opened(
  { vault }: Pick<Context, 'vault'>,
  { key, value }: Found<ProviderTokensRecord>,
): Promise<KeptTokens | undefined> {
  try {
    return JSON.parse(await vault.open(value.tokens, providerTokensSeal(key[1]))) as KeptTokens
  } catch (error) {
    if (error instanceof SealError) return undefined
    throw error
  }
}
