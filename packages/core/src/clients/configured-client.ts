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

interface Surroundings extends Pick<Settings, 'publicUrl' | 'basePath'> {
  readonly privateUseSchemes: readonly string[]
  readonly resources: readonly Resource[]
}

/** The record of a client that the operator configured (DCR-15). */
export function configuredClient(
  options: ClientOptions,
  { publicUrl, basePath, privateUseSchemes, resources }: Surroundings,
  report: Report,
): ClientRecord {
  const at = `clients["${options.clientId}"]`
  const hasKeys = options.jwks !== undefined || options.jwksUri !== undefined
  const authMethod = options.authMethod ?? defaultAuthMethod(hasKeys, options.clientSecret !== undefined)
  const redirectUris = options.redirectUris ?? []
  const grantTypes = options.grantTypes ?? ['authorization_code', 'refresh_token']

  if (grantTypes.includes('authorization_code') && redirectUris.length === 0) {
    report(
      `${at}.redirectUris`,
      'is empty',
      'Name at least one URI: the authorization_code grant returns to it.',
    )
  }
  for (const [index, uri] of redirectUris.entries()) {
    const kind = classifyRedirectUri(uri, privateUseSchemes)
    if (typeof kind !== 'string') report(`${at}.redirectUris[${index}]`, kind.message)
    else if (beginsAuthorization({ publicUrl, basePath }, new URL(uri))) {
      report(
        `${at}.redirectUris[${index}]`,
        'is an authorization endpoint of this server',
        'Name the address at which the client takes its answers.',
      )
    }
  }
  reportAuthentication(options, authMethod, (option, problem, remedy) =>
    report(`${at}.${option}`, problem, remedy),
  )

  const machine = grantTypes.includes('client_credentials')
  if (machine && authMethod === 'none') {
    report(
      `${at}.grantTypes`,
      'includes client_credentials, which needs a credential',
      'Set jwks, or clientSecret.',
    )
  }
  if (machine !== (options.resources !== undefined)) {
    report(
      `${at}.resources`,
      machine ? 'is required with client_credentials' : 'has no effect without client_credentials',
      machine ? 'Name the paths of the resources the client may use.' : 'Remove it.',
    )
  }
  if (options.introspects && authMethod === 'none') {
    report(`${at}.introspects`, 'is for clients that authenticate', 'Set jwks, or clientSecret.')
  }
  const exchanges = grantTypes.includes(tokenExchangeGrant)
  if (exchanges && authMethod === 'none') {
    report(
      `${at}.grantTypes`,
      'includes token exchange, which needs a credential',
      'Set jwks, or clientSecret.',
    )
  }
  if (exchanges !== (options.exchanges !== undefined)) {
    report(
      `${at}.exchanges`,
      exchanges
        ? 'is required with the token exchange grant'
        : 'has no effect without the token exchange grant',
      exchanges ? 'Name the paths whose tokens it may exchange, and for which.' : 'Remove it.',
    )
  }
  const urlsOf = (option: string, paths: readonly string[] | undefined) =>
    paths?.map((path) => resourceAt(resources, `${at}.${option}`, path, report))
  const own = urlsOf('resources', options.resources)
  const introspects = urlsOf('introspects', options.introspects)
  const from = urlsOf('exchanges.from', options.exchanges?.from)
  const to = urlsOf('exchanges.to', options.exchanges?.to)
  const reachable = new Set([...(own ?? []), ...(to ?? [])])
  const scopes = resources.flatMap(({ url, scopes: known }) => (reachable.has(url) ? [...known.keys()] : []))
  for (const scope of reachable.size > 0 ? (options.scope?.split(' ') ?? []) : []) {
    if (scopes.includes(scope)) continue
    report(
      `${at}.scope`,
      `names "${scope}", which none of the resources has that the client may use`,
      `Use ${scopes.map((each) => `"${each}"`).join(', ')}.`,
    )
  }

  return {
    clientId: options.clientId,
    origin: 'configured',
    name: options.name,
    redirectUris: [...redirectUris],
    grantTypes: [...grantTypes],
    authMethod,
    ...(options.clientSecret !== undefined && { secretHash: sha256Text(options.clientSecret) }),
    ...(options.jwks && {
      jwks: { keys: options.jwks.keys.map((key) => key as { [member: string]: JsonValue }) },
    }),
    ...(options.jwksUri !== undefined && { jwksUri: options.jwksUri }),
    ...(options.scope !== undefined && { scope: options.scope }),
    ...(options.dpopBound && { dpopBound: true }),
    ...(own && { resources: own }),
    ...(introspects && { introspects }),
    ...(from && to && { exchanges: { from, to } }),
    createdAt: 0,
  }
}

function defaultAuthMethod(hasKeys: boolean, hasSecret: boolean): ClientAuthMethod {
  if (hasKeys) return 'private_key_jwt'
  return hasSecret ? 'client_secret_basic' : 'none'
}

function reportAuthentication(options: ClientOptions, authMethod: ClientAuthMethod, report: Report): void {
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
