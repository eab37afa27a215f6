import type { Identity, IdentityProvider, Read } from '@portico/provider'
import { z } from 'zod'

import type { Context } from '../context.ts'
import { UpstreamError } from '../oauth-error.ts'
import type { LoginRecord } from '../records.ts'
import { verifyIdToken } from './id-token/verify-id-token.ts'
import { readIdentity } from './read-identity.ts'
import type { ProviderTokens } from './request-tokens.ts'

/** Who signed in, proven by the provider's answer. */
export interface ProvenIdentity {
  /** The first half of the account key. */
  readonly issuer: string
  readonly identity: Identity
  /** Unix seconds; when the provider says so. */
  readonly authenticatedAt: number | undefined
  /** `sub` of the ID token, and the provider's session, as its logout tokens will name them. */
  readonly providerSubject: string | undefined
  readonly providerSessionId: string | undefined
}

type Claims = Readonly<Record<string, unknown>>

const claimsSchema = z.record(z.string(), z.unknown())
const maximumBytes = 1_048_576

/**
 * Turns the provider's tokens into an identity, by the rules of the provider's kind.
 *
 * @throws {UpstreamError}
 */
export async function identifyUser(
  context: Pick<Context, 'providerFetch' | 'now' | 'providerKeys'>,
  provider: IdentityProvider,
  tokens: ProviderTokens,
  login: Pick<LoginRecord, 'maxAge' | 'fresh' | 'createdAt' | 'nonce'>,
): Promise<ProvenIdentity> {
  const read = readWith(context, provider, tokens.accessToken)
  const { oidc } = provider
  if (provider.kind !== 'oidc' || !oidc) {
    // The answer came over TLS from the provider itself: its kind has no signed statement to check.
    const claims = provider.kind === 'private' ? tokens.body : {}
    const identity = await readIdentity(provider, claims, read)
    return {
      issuer: provider.issuer,
      identity,
      authenticatedAt: undefined,
      providerSubject: undefined,
      providerSessionId: undefined,
    }
  }
  const { issuer, claims, authenticatedAt } = await verifyIdToken(context, provider, oidc, tokens, login)
  const all = needsUserinfo(provider, claims)
    ? merged(claims, await userinfo(provider, oidc.userinfoUrl, read, claims.sub))
    : claims
  const { sid } = claims as Claims
  return {
    issuer,
    identity: await readIdentity(provider, all, read),
    authenticatedAt,
    providerSubject: claims.sub,
    providerSessionId: typeof sid === 'string' ? sid : undefined,
  }
}

function needsUserinfo({ userinfo = 'never' }: IdentityProvider, claims: Claims): boolean {
  return userinfo === 'always' || (userinfo === 'whenMissing' && claims['email'] === undefined)
}

/**
 * The ID token comes first. Whether an address is verified is said by whoever says the address: neither answer vouches for
 * an address that only the other one has.
 */
function merged(claims: Claims, asked: Claims): Claims {
  const all = { ...asked, ...claims }
  const { email, email_verified: verified = asked['email_verified'] } = claims
  if (email === undefined) return { ...all, email_verified: asked['email_verified'] }
  return { ...all, email_verified: email === asked['email'] ? verified : claims['email_verified'] }
}

/** OpenID Connect Core §5.3.2: an answer about somebody else must not be used. */
async function userinfo(
  { name }: IdentityProvider,
  url: string | undefined,
  read: Read,
  subject: string,
): Promise<Claims> {
  if (url === undefined) {
    throw new UpstreamError('userinfo_unavailable', `${name} has no userinfo endpoint to ask.`)
  }
  const claims = await read(url, claimsSchema)
  if (claims['sub'] !== subject) {
    throw new UpstreamError(
      'userinfo_subject_mismatch',
      `The userinfo answer of ${name} is about another "sub" than the ID token.`,
    )
  }
  return claims
}

function readWith(
  { providerFetch }: Pick<Context, 'providerFetch'>,
  { name, settings }: IdentityProvider,
  accessToken: string | undefined,
): Read {
  return async (url, schema) => {
    const failed = (problem: string, cause?: unknown): UpstreamError =>
      new UpstreamError('userinfo_unavailable', `${name}: ${url} ${problem}`, { cause })
    if (accessToken === undefined) throw failed('cannot be read without an access token.')
    let response: Response
    try {
      response = await providerFetch(url, {
        headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' },
        timeoutMs: settings.remoteTimeoutMs,
        maxBytes: maximumBytes,
      })
    } catch (cause) {
      throw failed('cannot be fetched.', cause)
    }
    if (!response.ok) throw failed(`answered ${response.status}.`)
    const parsed = schema.safeParse(await response.json().catch(() => undefined))
    if (!parsed.success) throw failed('answered something else than expected.', parsed.error)
    return parsed.data
  }
}
