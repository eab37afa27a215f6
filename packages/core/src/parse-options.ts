import type { ConfigProblem, GatewayOptions, IdentityProvider, Report } from '@portico/provider'
import { ConfigError, parseOptions as parseShape } from '@portico/provider'

import { configuredClient } from './clients/configured-client.ts'
import { defaultPrivateUseSchemes } from './clients/redirect-uri.ts'
import { sha256Text } from './digest.ts'
import { deviceCodeGrant } from './grants/grant-names.ts'
import { parseRateLimits } from './limits/parse-rate-limits.ts'
import type { OptionValues } from './option-shape.ts'
import { optionShape } from './option-shape.ts'
import type { AuthorizationServerOptions } from './options.ts'
import { assertionsOfProviders, parseIdentityAssertions } from './parse-identity-assertions.ts'
import type { ClientRecord } from './records.ts'
import { parsePublicUrl, parseResources, resourceAt } from './resource-settings.ts'
import type { Resource, Settings } from './settings.ts'

const day = 86_400

/** The options as an endpoint needs them, and the secrets that only the assembly needs. */
export interface ParsedOptions {
  readonly settings: Settings
  /** Absent in development without `keys`. */
  readonly keys: readonly string[] | undefined
}

/**
 * Checks everything the operator wrote: each option on its own, then what they mean together, as far as each is right.
 *
 * @throws {ConfigError} naming every wrong option and its remedy
 */
export function parseOptions(input: AuthorizationServerOptions): ParsedOptions {
  const parsed = parseShape(optionShape, input)
  const problems: ConfigProblem[] = [...parsed.problems]
  const report: Report = (option, problem, remedy) => problems.push({ option, problem, remedy })
  // Each value has passed the schema of its option; the missing ones have not, and end in the error below.
  const options = parsed.values as Partial<OptionValues>

  const development = options.development ?? false
  const publicUrl = parsed.failed.has('publicUrl')
    ? 'https://invalid'
    : parsePublicUrl(options.publicUrl, development, report)
  if (!development && !parsed.failed.has('keys') && options.keys === undefined) {
    report('keys', 'is required outside development', 'Run "portico keys generate" and pass its output.')
  }
  const providers = options.providers ?? []
  reportTwice(
    'providers',
    providers.map(({ id }) => id),
    'Give one of them a "providerId" of its own.',
    report,
  )
  const basePath = options.basePath ?? '/oauth'
  const resources = parseResources(options.resources ?? [], { publicUrl, basePath, providers }, report)
  const privateUseSchemes = options.registration?.privateUseSchemes ?? defaultPrivateUseSchemes
  const clients = (options.clients ?? []).map((client) =>
    configuredClient(client, { publicUrl, basePath, privateUseSchemes, resources }, report),
  )
  reportTwice(
    'clients',
    clients.map(({ clientId }) => clientId),
    'Give one of them another "clientId".',
    report,
  )
  reportMissingFeatures(options, { clients, resources }, report)
  const stated = options.identityAssertions ?? []
  const identityAssertions = parseIdentityAssertions(
    [...stated, ...assertionsOfProviders(providers, stated)],
    { providers, resources },
    report,
  )
  const providerTokens = (options.providerTokens ?? []).map((path) =>
    resourceAt(resources, 'providerTokens', path, report),
  )
  if (providerTokens.length > 0 && (options.recheckUsersSeconds ?? 0) > 0) {
    report(
      'recheckUsersSeconds',
      'cannot be combined with "providerTokens": both would present the same refresh token of the provider',
      'Set it to 0: kept tokens are renewed at the provider, which refuses a user who is gone.',
    )
  }
  const metadataDocuments =
    options.registration?.metadataDocuments ?? agreed(providers, 'cimdEnabled', report) ?? true
  const { clientTtlSeconds, ...lifetimes } = parseLifetimes(options, report)

  if (problems.length > 0) throw new ConfigError('The authorization server', problems)

  const settings: Settings = {
    publicUrl,
    basePath,
    development,
    providers,
    resources: new Map(resources.map((resource) => [resource.url, resource])),
    clients: new Map(clients.map((client) => [client.clientId, client])),
    registration: registrationSettings(
      { metadataDocuments, privateUseSchemes, clientTtlSeconds },
      options.registration,
    ),
    ...lifetimes,
    identityAssertions,
    deviceAuthorization: options.deviceAuthorization ?? false,
    recheckUsersSeconds: options.recheckUsersSeconds ?? 0,
    providerTokens: new Set(providerTokens),
    backChannelLogout: options.backChannelLogout ?? 'off',
    rateLimits: parseRateLimits(options.rateLimits, development),
    dpop: options.dpop ?? false,
    dpopNonceTtlSeconds: options.dpopNonceTtlSeconds,
    pushedAuthorizationRequests: options.pushedAuthorizationRequests ?? 'off',
    rememberConsentSeconds: options.rememberConsentSeconds ?? 0,
    theme: {
      name: options.theme?.name ?? 'Portico',
      ...(options.theme?.logoUrl !== undefined && { logoUrl: options.theme.logoUrl }),
      ...(options.theme?.accentColor !== undefined && { accentColor: options.theme.accentColor }),
      ...(options.theme?.stylesheet !== undefined && { stylesheet: options.theme.stylesheet }),
    },
    pages: options.pages ?? {},
    requirements: options.requirements ?? (() => Promise.resolve([])),
  }
  return { settings, keys: options.keys }
}

/** What is configured for a feature that is off would be without effect, or refuse everything. */
function reportMissingFeatures(
  options: Partial<OptionValues>,
  { clients, resources }: { clients: readonly ClientRecord[]; resources: readonly Resource[] },
  report: Report,
): void {
  if (!options.dpop) {
    const needsDpop = (option: string) => report(option, 'needs DPoP', 'Set "dpop: true", or remove it.')
    for (const { clientId } of clients.filter(({ dpopBound }) => dpopBound)) {
      needsDpop(`clients["${clientId}"].dpopBound`)
    }
    for (const [index, { dpopBound }] of resources.entries()) {
      if (dpopBound) needsDpop(`resources[${index}].dpopBound`)
    }
    if (options.dpopNonceTtlSeconds !== undefined) needsDpop('dpopNonceTtlSeconds')
  }
  const devices = clients.filter(({ grantTypes }) => grantTypes.includes(deviceCodeGrant))
  for (const { clientId } of options.deviceAuthorization ? [] : devices) {
    report(
      `clients["${clientId}"].grantTypes`,
      'needs device authorization',
      'Set "deviceAuthorization: true", or remove the grant type.',
    )
  }
}

/** What else says something about registrations. */
type KnownRegistration = Pick<
  Settings['registration'],
  'metadataDocuments' | 'privateUseSchemes' | 'clientTtlSeconds'
>

function registrationSettings(
  { metadataDocuments, privateUseSchemes, clientTtlSeconds }: KnownRegistration,
  options: OptionValues['registration'] = {},
): Settings['registration'] {
  return {
    dynamic: options.dynamic ?? true,
    metadataDocuments,
    management: options.management ?? false,
    initialAccessTokenHashes: (options.initialAccessTokens ?? []).map(sha256Text),
    policy: options.policy,
    documentPolicy: {
      hosts: new Map(Object.entries(options.documentPolicy?.hosts ?? {})),
      others: options.documentPolicy?.others ?? 'allow',
    },
    fetchBudget: {
      perHost: options.fetchBudget?.perHost ?? 20,
      total: options.fetchBudget?.total ?? 300,
    },
    privateUseSchemes,
    trustedRedirectHosts: options.trustedRedirectHosts ?? [],
    unusedClientTtlSeconds: options.unusedClientTtlSeconds ?? 7 * day,
    clientTtlSeconds,
  }
}

/**
 * What the `gateway` blocks of the providers say, as in the reference configuration. It concerns the one server, so where
 * several say it, they must agree.
 */
function agreed<Name extends keyof GatewayOptions>(
  providers: readonly IdentityProvider[],
  name: Name,
  report: Report,
): GatewayOptions[Name] {
  const stating = providers.filter(({ gateway }) => gateway[name] !== undefined)
  const [first] = stating
  for (const { id, gateway } of stating) {
    if (first === undefined || gateway[name] === first.gateway[name]) continue
    report(
      `providers["${id}"].gateway.${name}`,
      `is ${String(gateway[name])}, and ${String(first.gateway[name])} in "${first.id}": it concerns the one server`,
      'Make them agree.',
    )
  }
  return first?.gateway[name]
}

function parseLifetimes(options: Partial<OptionValues>, report: Report) {
  const { providers = [] } = options
  const onlyProvider = providers.length === 1 ? providers[0] : undefined
  const absoluteTtlSeconds =
    options.refreshToken?.absoluteTtlSeconds ??
    agreed(providers, 'refreshTokenTtlSeconds', report) ??
    365 * day
  const idleTtlSeconds = options.refreshToken?.idleTtlSeconds ?? Math.min(30 * day, absoluteTtlSeconds)
  const clientTtlSeconds = options.registration?.clientTtlSeconds ?? Math.max(400 * day, idleTtlSeconds)
  if (idleTtlSeconds > absoluteTtlSeconds) {
    report('refreshToken.idleTtlSeconds', 'is longer than refreshToken.absoluteTtlSeconds', 'Shorten it.')
  }
  if (clientTtlSeconds < idleTtlSeconds) {
    report(
      'registration.clientTtlSeconds',
      'is shorter than refreshToken.idleTtlSeconds: clients would disappear under living refresh tokens',
      'Lengthen it.',
    )
  }
  return {
    clientTtlSeconds,
    accessToken: {
      format: options.accessToken?.format ?? 'jwt',
      ttlSeconds:
        options.accessToken?.ttlSeconds ?? agreed(providers, 'accessTokenTtlSeconds', report) ?? 900,
      recheckSeconds: options.accessToken?.recheckSeconds ?? 5,
    },
    refreshToken: {
      idleTtlSeconds,
      absoluteTtlSeconds,
      replayWindowSeconds: options.refreshToken?.replayWindowSeconds ?? 30,
    },
    codeTtlSeconds: options.codeTtlSeconds ?? 60,
    transactionTtlSeconds: options.transactionTtlSeconds ?? onlyProvider?.settings.stateTtlSeconds ?? 900,
    sessionTtlSeconds: options.sessionTtlSeconds,
  } as const
}

function reportTwice(option: string, ids: readonly string[], remedy: string, report: Report): void {
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
    report(option, `has "${id}" twice`, remedy)
  }
}
