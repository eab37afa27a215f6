import type { Report } from '@portico/provider'
import type { JsonValue } from '@portico/storage'

import { beginsAuthorization } from '../browser/begins-authorization.ts'
import { sha256Text } from '../digest.ts'
import { tokenExchangeGrant } from '../grants/grant-names.ts'
import type { ClientOptions } from '../options.ts'
import type { ClientAuthMethod, ClientRecord } from '../records.ts'
import { resourceAt } from '../resource-settings.ts'
import type { Resource, Settings } from '../settings.ts'
import { classifyRedirectUri } from './redirect-uri.ts'

/** What is settled of the server before its clients. */
interface ServerFacts extends Pick<Settings, 'publicUrl' | 'basePath'> {
  readonly privateUseSchemes: readonly string[]
  readonly resources: readonly Resource[]
}

/** The record of a client that the operator configured (DCR-15). */
export function configuredClient(options: ClientOptions, server: ServerFacts, report: Report): ClientRecord {
  const client = withDefaults(options)
  const reportMember: Report = (member, problem, remedy) =>
    report(`clients["${options.clientId}"].${member}`, problem, remedy)
  reportRedirectUris(client, server, reportMember)
  reportAuthentication(client, reportMember)
  reportGrants(client, reportMember)
  const reach = reachOf(client, server.resources, reportMember)
  reportScope(client, reach, server.resources, reportMember)
  return recordOf(client, reach)
}

/** A client's options with what they mean where they say nothing. */
type CompleteOptions = ClientOptions & {
  readonly [Option in 'redirectUris' | 'grantTypes' | 'authMethod']: NonNullable<ClientOptions[Option]>
}

function withDefaults(options: ClientOptions): CompleteOptions {
  return {
    ...options,
    redirectUris: options.redirectUris ?? [],
    grantTypes: options.grantTypes ?? ['authorization_code', 'refresh_token'],
    authMethod: options.authMethod ?? defaultAuthMethod(options),
  }
}

function defaultAuthMethod({ jwks, jwksUri, clientSecret }: ClientOptions): ClientAuthMethod {
  if (jwks !== undefined || jwksUri !== undefined) return 'private_key_jwt'
  return clientSecret === undefined ? 'none' : 'client_secret_basic'
}

function reportRedirectUris(
  { redirectUris, grantTypes }: CompleteOptions,
  server: ServerFacts,
  report: Report,
): void {
  if (grantTypes.includes('authorization_code') && redirectUris.length === 0) {
    report('redirectUris', 'is empty', 'Name at least one URI: the authorization_code grant returns to it.')
  }
  for (const [index, uri] of redirectUris.entries()) {
    const kind = classifyRedirectUri(uri, server.privateUseSchemes)
    const member = `redirectUris[${index}]`
    if (typeof kind !== 'string') report(member, kind.message)
    else if (beginsAuthorization(server, new URL(uri))) {
      report(
        member,
        'is an authorization endpoint of this server',
        'Name the address at which the client takes its answers.',
      )
    }
  }
}

/** Grants and rights that need a credential, or options of their own. */
function reportGrants(client: CompleteOptions, report: Report): void {
  const { grantTypes, resources, introspects } = client
  const authenticates = client.authMethod !== 'none'
  const machine = grantTypes.includes('client_credentials')
  if (machine && !authenticates) {
    report(
      'grantTypes',
      'includes client_credentials, which needs a credential',
      'Set jwks, or clientSecret.',
    )
  }
  if (machine !== (resources !== undefined)) {
    report(
      'resources',
      machine ? 'is required with client_credentials' : 'has no effect without client_credentials',
      machine ? 'Name the paths of the resources the client may use.' : 'Remove it.',
    )
  }
  if (introspects && !authenticates) {
    report('introspects', 'is for clients that authenticate', 'Set jwks, or clientSecret.')
  }
  const exchanges = grantTypes.includes(tokenExchangeGrant)
  if (exchanges && !authenticates) {
    report('grantTypes', 'includes token exchange, which needs a credential', 'Set jwks, or clientSecret.')
  }
  if (exchanges !== (client.exchanges !== undefined)) {
    report(
      'exchanges',
      exchanges
        ? 'is required with the token exchange grant'
        : 'has no effect without the token exchange grant',
      exchanges ? 'Name the paths whose tokens it may exchange, and for which.' : 'Remove it.',
    )
  }
}

/** The canonical URLs of the resources that a client names by their paths. */
type Reach = Pick<ClientRecord, 'resources' | 'introspects' | 'exchanges'>

function reachOf(
  { resources: own, introspects, exchanges }: ClientOptions,
  resources: readonly Resource[],
  report: Report,
): Reach {
  const urlsOf = (option: string, paths: readonly string[]): string[] =>
    paths.map((path) => resourceAt(resources, option, path, report))
  return {
    ...(own && { resources: urlsOf('resources', own) }),
    ...(introspects && { introspects: urlsOf('introspects', introspects) }),
    ...(exchanges && {
      exchanges: {
        from: urlsOf('exchanges.from', exchanges.from),
        to: urlsOf('exchanges.to', exchanges.to),
      },
    }),
  }
}

function reportScope(
  { scope }: ClientOptions,
  { resources: own = [], exchanges }: Reach,
  resources: readonly Resource[],
  report: Report,
): void {
  const usable = new Set([...own, ...(exchanges?.to ?? [])])
  if (usable.size === 0) return
  const known = resources.flatMap(({ url, scopes }) => (usable.has(url) ? [...scopes.keys()] : []))
  for (const each of scope?.split(' ') ?? []) {
    if (known.includes(each)) continue
    report(
      'scope',
      `names "${each}", which none of the resources has that the client may use`,
      `Use ${known.map((name) => `"${name}"`).join(', ')}.`,
    )
  }
}

function recordOf(client: CompleteOptions, reach: Reach): ClientRecord {
  const { clientId, name, redirectUris, grantTypes, authMethod, clientSecret, jwks, jwksUri } = client
  return {
    clientId,
    origin: 'configured',
    name,
    redirectUris: [...redirectUris],
    grantTypes: [...grantTypes],
    authMethod,
    ...(clientSecret !== undefined && { secretHash: sha256Text(clientSecret) }),
    ...(jwks && { jwks: { keys: jwks.keys.map((key) => key as { [member: string]: JsonValue }) } }),
    ...(jwksUri !== undefined && { jwksUri }),
    ...(client.scope !== undefined && { scope: client.scope }),
    ...(client.dpopBound && { dpopBound: true }),
    ...reach,
    createdAt: 0,
  }
}

function reportAuthentication(options: CompleteOptions, report: Report): void {
  const { authMethod } = options
  const needsSecret = authMethod === 'client_secret_basic' || authMethod === 'client_secret_post'
  const hasSecret = options.clientSecret !== undefined
  const needsKeys = authMethod === 'private_key_jwt'
  const hasKeys = options.jwks !== undefined || options.jwksUri !== undefined
  if (needsSecret && !hasSecret)
    report('clientSecret', `is required with authMethod "${authMethod}"`, 'Set it.')
  if (!needsSecret && hasSecret)
    report('clientSecret', `has no effect with authMethod "${authMethod}"`, 'Remove it.')
  if (needsKeys && !hasKeys)
    report('jwks', `is required with authMethod "${authMethod}"`, 'Set it, or jwksUri.')
  if (!needsKeys && hasKeys)
    report('jwks', `has no effect with authMethod "${authMethod}"`, 'Remove it, and jwksUri.')
  if (options.jwks !== undefined && options.jwksUri !== undefined) {
    report('jwksUri', 'cannot be combined with jwks (RFC 7591 §2)', 'Remove one of them.')
  }
  if (options.jwks?.keys.some((key) => ['d', 'k', 'p', 'q'].some((member) => member in key))) {
    report('jwks', 'contains a private or symmetric key', 'Give the public keys only.')
  }
}
