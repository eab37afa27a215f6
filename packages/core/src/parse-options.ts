import { configuredClient } from './clients/configured-client.ts'
import { defaultPrivateUseSchemes } from './clients/redirect-uri.ts'
import { ConfigError } from './config-error.ts'
import type { Settings } from './context.ts'
import { optionsSchema } from './options-schema.ts'
import type { AuthorizationServerOptions } from './options.ts'
import { parsePublicUrl, parseResources } from './resource-settings.ts'

const day = 86_400

/** The options as an endpoint needs them, and the secrets that only the assembly needs. */
export interface ParsedOptions {
  readonly settings: Settings
  /** Absent in development without `keys`. */
  readonly keys: readonly string[] | undefined
}

/**
 * Checks everything the operator wrote.
 *
 * @throws {ConfigError} naming every wrong option and its remedy
 */
export function parseOptions(input: AuthorizationServerOptions): ParsedOptions {
  const parsed = optionsSchema.safeParse(input)
  if (!parsed.success) {
    throw new ConfigError(
      'createAuthorizationServer',
      parsed.error.issues.map(
        (issue) => `${issue.path.map(String).join('.') || 'options'}: ${issue.message}`,
      ),
    )
  }
  const options = parsed.data
  const problems: string[] = []
  const development = options.development ?? false
  const publicUrl = parsePublicUrl(options.publicUrl, development, problems)
  const basePath = options.basePath ?? '/oauth'
  const providers = Array.isArray(options.providers) ? options.providers : [options.providers]
  // Settings of the only provider are settings of the server, as in the reference configuration.
  const only = providers.length === 1 ? providers[0] : undefined

  problems.push(
    ...duplicates(
      'providers',
      providers.map((provider) => provider.id),
      'give one of them another "id"',
    ),
  )
  if (!options.keys && !development) {
    problems.push('keys: is required outside development: run "portico keys generate" and pass its output.')
  }

  const absoluteTtlSeconds =
    options.refreshToken?.absoluteTtlSeconds ?? only?.gateway.refreshTokenTtlSeconds ?? 365 * day
  const idleTtlSeconds = options.refreshToken?.idleTtlSeconds ?? Math.min(30 * day, absoluteTtlSeconds)
  const clientTtlSeconds = options.registration?.clientTtlSeconds ?? Math.max(400 * day, idleTtlSeconds)
  if (idleTtlSeconds > absoluteTtlSeconds) {
    problems.push('refreshToken.idleTtlSeconds: must not be longer than refreshToken.absoluteTtlSeconds.')
  }
  if (clientTtlSeconds < idleTtlSeconds) {
    problems.push(
      'registration.clientTtlSeconds: must be at least refreshToken.idleTtlSeconds, or clients disappear under living refresh tokens.',
    )
  }

  const resources = parseResources(options.resources, { publicUrl, basePath, providers }, problems)
  const privateUseSchemes = options.registration?.privateUseSchemes ?? defaultPrivateUseSchemes
  const clients = (options.clients ?? []).map((client) =>
    configuredClient(client, privateUseSchemes, problems),
  )
  problems.push(
    ...duplicates(
      'clients',
      clients.map((client) => client.clientId),
      'give one of them another "clientId"',
    ),
  )

  if (problems.length > 0) throw new ConfigError('createAuthorizationServer', problems)

  const settings: Settings = {
    publicUrl,
    basePath,
    development,
    providers,
    resources: new Map(resources.map((resource) => [resource.url, resource])),
    clients: new Map(clients.map((client) => [client.clientId, client])),
    registration: {
      dynamic: options.registration?.dynamic ?? true,
      metadataDocuments: options.registration?.metadataDocuments ?? only?.gateway.cimdEnabled ?? true,
      privateUseSchemes,
      trustedRedirectHosts: options.registration?.trustedRedirectHosts ?? [],
      unusedClientTtlSeconds: options.registration?.unusedClientTtlSeconds ?? 7 * day,
      clientTtlSeconds,
    },
    accessToken: {
      format: options.accessToken?.format ?? 'jwt',
      ttlSeconds: options.accessToken?.ttlSeconds ?? only?.gateway.accessTokenTtlSeconds ?? 900,
    },
    refreshToken: {
      idleTtlSeconds,
      absoluteTtlSeconds,
      replayWindowSeconds: options.refreshToken?.replayWindowSeconds ?? 30,
    },
    codeTtlSeconds: options.codeTtlSeconds ?? 60,
    transactionTtlSeconds: options.transactionTtlSeconds ?? only?.settings.stateTtlSeconds ?? 900,
    sessionTtlSeconds: options.sessionTtlSeconds ?? only?.settings.sessionTtlSeconds ?? 28_800,
    rememberConsentSeconds: options.rememberConsentSeconds ?? 0,
    theme: {
      name: options.theme?.name ?? 'Portico',
      ...(options.theme?.logoUrl !== undefined && { logoUrl: options.theme.logoUrl }),
      ...(options.theme?.accentColor !== undefined && { accentColor: options.theme.accentColor }),
    },
    requirements: options.requirements ?? (() => Promise.resolve([])),
  }
  return { settings, keys: options.keys }
}

function duplicates(option: string, ids: readonly string[], remedy: string): string[] {
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index)
  return [...new Set(twice)].map((id) => `${option}: "${id}" is there twice: ${remedy}.`)
}
