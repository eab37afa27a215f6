import type { z } from 'zod'

import type { CommonValues } from './common-options.ts'
import type { Derivation, Identity, IdentityProvider, ProviderError, Read } from './contract.ts'
import type { OptionValues, ProviderDefinition } from './definition.ts'
import { IdentityError } from './identity-error.ts'
import { loginClient } from './login-rules.ts'
import { withNamedClaims } from './named-claims.ts'
import type { OptionShape } from './parse-options.ts'
import { standardClaims, standardIdentity } from './standard-claims.ts'

/** The parts of a definition that outlive the validation of its options. */
export type ProviderFacts<Options extends OptionShape, Claims extends z.ZodType> = Pick<
  ProviderDefinition<Options, Claims>,
  'id' | 'name' | 'kind' | 'scope' | 'claims' | 'identify' | 'explain'
>

/** Scopes to ask for where neither operator nor provider says otherwise. */
export const defaultScope = 'openid profile email'

/** Puts together what the engine needs. Everything in it has been validated. */
export function configuredProvider<Options extends OptionShape, Claims extends z.ZodType>(
  facts: ProviderFacts<Options, Claims>,
  options: OptionValues<Options>,
  shared: CommonValues & { readonly clientId: string },
  derivation: Derivation,
): IdentityProvider {
  const { browserLoginOverrides: login = {} } = shared
  const client = loginClient(shared.clientId, shared, derivation)
  return {
    ...mergedDerivation(derivation, shared),
    type: facts.id,
    id: shared.providerId ?? facts.id,
    name: shared.displayName ?? facts.name,
    kind: derivation.kind ?? facts.kind ?? 'oidc',
    issuer: issuerOf(derivation),
    client,
    scope: mergedScope(facts.scope, shared, derivation),
    settings: {
      remoteTimeoutMs: login.remoteTimeoutMs ?? 10_000,
      stateTtlSeconds: login.stateTtlSeconds ?? 900,
      sessionTtlSeconds: login.sessionTtlSeconds,
      clockToleranceSeconds: shared.clockToleranceSeconds ?? 60,
    },
    gateway: shared.gateway ?? {},
    signIn: shared.signIn ?? {},
    ...(shared.idJag && { idJag: shared.idJag }),
    ...(shared.verifyDiscovery && { verifyDiscovery: true as const }),
    identify: async (claims, read) =>
      withNamedClaims(await identified(facts, options, claims, read), claims, shared),
    explain: (error) => explanation(facts.explain ?? {}, error, client.authMethod),
  }
}

/** The derivation with what the operator added to it. */
export function mergedDerivation(derivation: Derivation, shared: CommonValues): Derivation {
  const { oidc, browserLogin, warnings = [], ...rest } = derivation
  const { extraAuthorizationParams, allowedIdTokenClaims, idTokenSigningAlgs, useUserinfo } = shared
  const { parameters: own, scopes = [], ...login } = browserLogin
  const pkce = shared.browserLoginOverrides?.pkce ?? login.pkce
  const parameters = { ...extraAuthorizationParams, ...own }
  const requiredClaims = { ...allowedIdTokenClaims, ...oidc?.requiredClaims }
  const noPkce = 'PKCE is switched off: an intercepted code could be redeemed by somebody else.'
  const allWarnings = pkce === 'none' ? [...warnings, noPkce] : warnings
  return {
    ...(oidc && {
      oidc: {
        ...oidc,
        algorithms: idTokenSigningAlgs ?? oidc.algorithms ?? ['RS256'],
        ...(hasMembers(requiredClaims) && { requiredClaims }),
      },
    }),
    browserLogin: {
      ...login,
      ...(scopes.length > 0 && { scopes }),
      ...(hasMembers(parameters) && { parameters }),
      ...(pkce && { pkce }),
    },
    ...rest,
    ...(useUserinfo && { userinfo: useUserinfo }),
    ...(allWarnings.length > 0 && { warnings: allWarnings }),
  }
}

function hasMembers(value: object): boolean {
  return Object.keys(value).length > 0
}

/** The operator's scopes or the default ones, and those the derivation depends on. */
export function mergedScope(
  preset: string | undefined,
  shared: CommonValues,
  { browserLogin }: Derivation,
): string {
  const chosen = (shared.scope ?? preset ?? defaultScope).split(' ')
  return [...new Set([...chosen, ...(browserLogin.scopes ?? [])])].join(' ')
}

/** The namespace of the provider's subjects. */
export function issuerOf({ oidc, issuer, browserLogin }: Derivation): string {
  return oidc?.issuer ?? issuer ?? new URL(browserLogin.url).origin
}

async function identified<Options extends OptionShape, Claims extends z.ZodType>(
  { name, claims: schema, identify }: ProviderFacts<Options, Claims>,
  options: OptionValues<Options>,
  claims: Readonly<Record<string, unknown>>,
  read: Read,
): Promise<Identity> {
  if (identify === undefined) return standardIdentity(parsed(standardClaims, claims, name))
  // Without a schema of its own a definition reads the standard claims: `Claims` is their type then.
  return identify(parsed((schema ?? standardClaims) as Claims, claims, name), read, options)
}

function parsed<Schema extends z.ZodType>(schema: Schema, claims: unknown, name: string): z.output<Schema> {
  const result = schema.safeParse(claims)
  if (result.success) return result.data
  const members = [...new Set(result.error.issues.map((issue) => issue.path.join('.') || 'the whole answer'))]
  throw new IdentityError('invalid_claims', `${name} sent unusable claims: ${members.join(', ')}`)
}

function explanation(
  table: Readonly<Record<string, string>>,
  error: ProviderError,
  method: string,
): string | undefined {
  const own = Object.entries(table).find(
    ([words]) => words === error.code || error.description?.includes(words) === true,
  )
  if (own !== undefined) return own[1]
  if (error.code === 'invalid_client') {
    return `The provider refused the client: check clientId and clientSecret, and that the application accepts ${method} (tokenEndpointAuthMethod).`
  }
  if (error.code === 'invalid_scope')
    return 'A scope is unknown to the provider or not enabled for the application: check scope.'
  if (/redirect_uri|redirect uri|redirect_mismatch/i.test(`${error.code} ${error.description}`)) {
    return 'The callback address is not registered at the provider, or differs in scheme, host, port or path.'
  }
  return undefined
}
