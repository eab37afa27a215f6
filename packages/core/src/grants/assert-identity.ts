import type { IdentityProvider } from '@portico/provider'

import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import type { FormParameters } from '../form-parameters.ts'
import { assertAccount } from '../login/assert-account.ts'
import { OAuthError, UpstreamError } from '../oauth-error.ts'
import type { ClientRecord } from '../records.ts'
import { records } from '../records.ts'
import { findResource } from '../resource-url.ts'
import type { AssertionTrust, Resource } from '../settings.ts'
import { requireKey, requireKeyFor } from '../tokens/require-key.ts'
import { assertionIssuer } from './assertion-issuer.ts'
import { jwtBearerGrant } from './grant-names.ts'
import { issueAccess } from './issue-access.ts'
import type { TokenAnswer } from './token-answer.ts'
import { type IdentityAssertion, verifyIdentityAssertion } from './verify-identity-assertion.ts'

/**
 * Enterprise-managed authorization (EMA-01 to EMA-05): a provider whose users sign in here also decides which clients may
 * act for them, and says so in an assertion. Nobody is asked; there is no refresh token: the client gets a new assertion.
 */
export async function assertIdentity(
  context: Context,
  client: ClientRecord,
  form: FormParameters,
  dpopKey?: string,
): Promise<TokenAnswer> {
  const assertion = form.get('assertion')
  if (assertion === undefined) throw new OAuthError('invalid_request', 'assertion is missing.')
  if (client.authMethod === 'none') {
    throw new OAuthError(
      'unauthorized_client',
      'A public client may not use this grant: it needs a credential.',
    )
  }
  const { trust, provider } = trustedProvider(context, client, assertion)
  const verified = await orRefused(context, provider, () =>
    verifyIdentityAssertion(context, provider, provider.oidc, assertion),
  )
  if (verified.clientId !== client.clientId) {
    throw refused('The assertion is for another client.')
  }
  requireKey(verified.dpopKey, dpopKey)
  const resource = assertedResource(context, trust, verified, form)
  requireKeyFor(resource, dpopKey)
  const scope = assertedScope(resource, verified, form.get('scope'))
  // Last, for it may write: what is meant for somebody else makes no account here (I01).
  const { issuer, claims } = verified
  const mayCreate = trust.mayCreateUsers
  const account = await orRefused(context, provider, () =>
    assertAccount(context, provider, { issuer, claims, mayCreate }),
  )
  await useOnce(context, provider, verified)
  return issueAccess(context, {
    client,
    subject: account.subject,
    resource,
    scope,
    provider: provider.id,
    dpopKey,
    grantType: jwtBearerGrant,
  })
}

/** The configuration of the issuer that the assertion names: nothing it says is believed yet. */
function trustedProvider({ settings }: Context, client: ClientRecord, assertion: string) {
  const trusted = settings.identityAssertions.filter(({ clients }) => clients.has(client.clientId))
  if (trusted.length === 0) {
    throw new OAuthError(
      'unauthorized_client',
      'The client may not present assertions: its operator must allow it.',
    )
  }
  const provider = assertionIssuer(settings, assertion)
  const trust = trusted.find((each) => each.provider === provider?.id)
  if (!trust || !provider?.oidc) {
    throw refused('The issuer of the assertion is not trusted for this client.')
  }
  return { trust, provider: { ...provider, oidc: provider.oidc } }
}

/** The audit trail is told why an assertion is not valid, the client is not. */
async function orRefused<Value>(
  context: Context,
  provider: IdentityProvider,
  check: () => Promise<Value>,
): Promise<Value> {
  try {
    return await check()
  } catch (cause) {
    if (!(cause instanceof UpstreamError)) throw cause
    context.emit({
      name: 'assertion.refused',
      outcome: 'denied',
      reason: cause.code,
      cause,
      detail: { provider: provider.id, problem: cause.message },
    })
    throw refused('The assertion is not valid here. The audit trail has the reason.', cause)
  }
}

/** `aud` is this server, and the one resource is what assertion, configuration and request agree on (RFC 8707). */
function assertedResource(
  { settings }: Context,
  trust: AssertionTrust,
  { audience, resources }: IdentityAssertion,
  form: FormParameters,
): Resource {
  const known = [...settings.resources.values()]
  const addressed = known.filter(({ issuer }) => audience === settings.publicUrl || audience === issuer)
  if (addressed.length === 0) throw refused('aud of the assertion must be the issuer of this server.')
  const named = resources?.map((value) => findResource(settings, value)?.url)
  const possible = addressed.filter(
    ({ url, providers }) =>
      (named === undefined || named.includes(url)) &&
      (trust.resources?.has(url) ?? true) &&
      // Whoever may not sign in to a resource does not get there by an assertion either.
      (providers?.includes(trust.provider) ?? true),
  )
  if (possible.length === 0) throw refused('The assertion names no resource that it may be used for here.')
  const wanted = form.resources.map((value) => findResource(settings, value)?.url)
  const [resource, ...others] =
    wanted.length === 0 ? possible : possible.filter(({ url }) => wanted.every((each) => each === url))
  if (!resource || others.length > 0) {
    throw new OAuthError('invalid_target', 'resource must name one of those that the assertion is for.')
  }
  return resource
}

/** EMA-04: what the assertion and the request both name; where the assertion is silent, the default of the resource. */
function assertedScope(
  resource: Resource,
  { scopes }: IdentityAssertion,
  requested: string | undefined,
): string {
  const allowed = (scopes ?? resource.defaultScopes).filter((scope) => resource.scopes.has(scope))
  const wanted = requested?.split(' ') ?? allowed
  const granted = [...new Set(allowed)].filter((scope) => wanted.includes(scope))
  if (granted.length === 0) {
    throw new OAuthError('invalid_scope', 'scope must be part of what the assertion allows.')
  }
  return granted.join(' ')
}

/** Over all nodes, the storage lets exactly one through; last, so that a mistake costs no assertion. */
async function useOnce(
  { storage, now }: Context,
  provider: IdentityProvider,
  { jti, expiresAt }: IdentityAssertion,
): Promise<void> {
  const first = await records(storage, 'assertion').set(
    sha256Text(JSON.stringify(['id-jag', provider.id, jti])),
    { usedAt: now() },
    { expiresAt: expiresAt + 1, when: 'absent' },
  )
  if (!first) throw refused('The assertion was used before.')
}

function refused(message: string, cause?: unknown): OAuthError {
  return new OAuthError('invalid_grant', message, { cause })
}
