import { reportAssertions } from './assertion-rules.ts'
import type { CommonValues } from './common-options.ts'
import type {
  ClientAuthenticationDerivation,
  Derivation,
  ProviderClient,
  TokenEndpointAuthMethod,
} from './contract.ts'
import type { Report } from './definition.ts'

const usualMethods: readonly TokenEndpointAuthMethod[] = [
  'client_secret_post',
  'client_secret_basic',
  'private_key_jwt',
]

/** Methods the provider knows, the preferred one first. */
function knownMethods(
  authentication: ClientAuthenticationDerivation | undefined,
): readonly TokenEndpointAuthMethod[] {
  return authentication?.methods ?? usualMethods
}

/** The method in use: the chosen one, else what the credentials at hand and the provider's preference suggest. */
function authMethod(values: CommonValues, derivation: Derivation | undefined): TokenEndpointAuthMethod {
  if (values.tokenEndpointAuthMethod !== undefined) return values.tokenEndpointAuthMethod
  if (values.privateKey !== undefined && values.clientSecret === undefined) return 'private_key_jwt'
  return (
    knownMethods(derivation?.clientAuthentication).find((method) => method !== 'private_key_jwt') ??
    'private_key_jwt'
  )
}

/** The client's own side of the login; its completeness has been reported on before. */
export function loginClient(id: string, values: CommonValues, derivation: Derivation): ProviderClient {
  const method = authMethod(values, derivation)
  const usesSecret = method === 'client_secret_basic' || method === 'client_secret_post'
  return {
    id,
    authMethod: method,
    ...(usesSecret && { secret: values.clientSecret }),
    ...(method === 'private_key_jwt' && { privateKey: values.privateKey }),
  }
}

/** Reports credentials that are missing, equal, or do not go with the method. */
export function reportCredentials(
  values: CommonValues,
  derivation: Derivation | undefined,
  report: Report,
): void {
  if (values.clientId === undefined) {
    report('clientId', 'is missing', 'Set the client id of the application registered at the provider.')
  }
  if (values.clientSecret !== undefined && values.clientSecret === values.clientId) {
    report(
      'clientSecret',
      'is the same value as clientId',
      'Copy the secret of the application, not its id, again.',
    )
  }
  const methods = knownMethods(derivation?.clientAuthentication)
  const method = authMethod(values, derivation)
  if (derivation !== undefined && !methods.includes(method)) {
    const list = methods.map((each) => `"${each}"`).join(' or ')
    report('tokenEndpointAuthMethod', `is not a method this provider knows`, `Use ${list}.`)
  } else if (method === 'private_key_jwt') {
    if (values.privateKey === undefined) {
      report(
        'privateKey',
        'is missing: "private_key_jwt" signs with it',
        'Set privateKey.privateKeyPem and privateKey.algorithm.',
      )
    }
  } else if (method !== 'none' && values.clientSecret === undefined) {
    report(
      'clientSecret',
      'is missing',
      'Set the client secret of the application, best from the environment. A single-page or native application has none: create one for a web server.',
    )
  }
}

/** Reports common options that contradict what the provider is. */
export function reportLoginOptions(values: CommonValues, derivation: Derivation, report: Report): void {
  const { kind = 'oidc', oidc, browserLogin } = derivation
  for (const name of Object.keys(values.extraAuthorizationParams ?? {})) {
    if (Object.hasOwn(browserLogin.parameters ?? {}, name)) {
      report(`extraAuthorizationParams.${name}`, 'is set by the provider itself', 'Remove it.')
    }
    if (name === 'max_age' && browserLogin.maxAge === 'ignored') {
      report(
        'extraAuthorizationParams.max_age',
        'is not honoured by this provider',
        'Remove it: it would promise nothing.',
      )
    }
  }
  reportPrompt(values, derivation, report)
  for (const claim of Object.keys(values.allowedIdTokenClaims ?? {})) {
    if (Object.hasOwn(oidc?.requiredClaims ?? {}, claim)) {
      report(`allowedIdTokenClaims.${claim}`, 'is already fixed by another option', 'Remove it.')
    }
  }
  reportOfflineScope(values, derivation, report)
  reportAssertions(values.idJag, derivation, report)
  if (oidc === undefined || kind !== 'oidc') {
    const inapplicable = [
      'idTokenSigningAlgs',
      'allowedIdTokenClaims',
      'groupClaim',
      'roleClaim',
      'useUserinfo',
      'verifyDiscovery',
    ] as const
    for (const option of inapplicable.filter((name) => values[name] !== undefined)) {
      report(option, 'has no meaning here: this provider issues no ID token', 'Remove it.')
    }
  } else if (
    values.useUserinfo !== undefined &&
    values.useUserinfo !== 'never' &&
    oidc.userinfoUrl === undefined
  ) {
    report('useUserinfo', 'cannot be used: this provider has no userinfo endpoint', 'Remove it.')
  }
}

/** Values that end every login in an error: at any provider (OpenID Connect Core §3.1.2.1), or at this one. */
function reportPrompt(
  { extraAuthorizationParams }: CommonValues,
  { browserLogin }: Derivation,
  report: Report,
): void {
  const option = 'extraAuthorizationParams.prompt'
  const prompts = extraAuthorizationParams?.['prompt']?.split(' ') ?? []
  if (prompts.length < 2) return
  if (prompts.includes('none')) report(option, 'combines "none" with other values', 'Keep one of the two.')
  else if (browserLogin.severalPrompts === 'refused') {
    report(option, 'has several values, of which this provider takes one', `Use "${prompts[0]}".`)
  }
}

/** `offline_access` is an unknown scope, and the end of every login, where a provider has another way or none. */
function reportOfflineScope({ scope }: CommonValues, { offlineAccess }: Derivation, report: Report): void {
  const names = scope?.split(' ') ?? []
  if (offlineAccess === undefined || offlineAccess?.scope === 'offline_access') return
  if (!names.includes('offline_access')) return
  const others = names.filter((name) => name !== 'offline_access')
  report(
    'scope',
    'names "offline_access", which this provider does not know',
    `Use "${[...others, ...(offlineAccess?.scope === undefined ? [] : [offlineAccess.scope])].join(' ')}".`,
  )
}
