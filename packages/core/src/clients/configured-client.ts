import type { JsonValue } from '@portico/storage'

import { sha256Text } from '../digest.ts'
import type { ClientOptions } from '../options.ts'
import type { ClientAuthMethod, ClientRecord } from '../records.ts'
import { classifyRedirectUri } from './redirect-uri.ts'

/**
 * The record of a client that the operator configured (DCR-15).
 *
 * @param problems receives what is wrong with it
 */
export function configuredClient(
  options: ClientOptions,
  privateUseSchemes: readonly string[],
  problems: string[],
): ClientRecord {
  const at = `clients["${options.clientId}"]`
  const hasKeys = options.jwks !== undefined || options.jwksUri !== undefined
  const authMethod = options.authMethod ?? defaultAuthMethod(hasKeys, options.clientSecret !== undefined)
  const redirectUris = options.redirectUris ?? []
  const grantTypes = options.grantTypes ?? ['authorization_code', 'refresh_token']

  // Such an id would be fetched as a metadata document (CIMD-22).
  if (options.clientId.startsWith('https://') && options.redirectUris === undefined) {
    problems.push(
      `${at}.redirectUris: is required: what is configured here replaces the client's own document.`,
    )
  }
  if (grantTypes.includes('authorization_code') && redirectUris.length === 0) {
    problems.push(`${at}.redirectUris: must hold at least one URI for the authorization_code grant.`)
  }
  for (const [index, uri] of redirectUris.entries()) {
    const kind = classifyRedirectUri(uri, privateUseSchemes)
    if (typeof kind !== 'string') problems.push(`${at}.redirectUris.${index}: ${kind.message}`)
  }
  problems.push(...authenticationProblems(options, authMethod).map((problem) => `${at}.${problem}`))

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
    createdAt: 0,
  }
}

function defaultAuthMethod(hasKeys: boolean, hasSecret: boolean): ClientAuthMethod {
  if (hasKeys) return 'private_key_jwt'
  return hasSecret ? 'client_secret_basic' : 'none'
}

function authenticationProblems(options: ClientOptions, authMethod: ClientAuthMethod): string[] {
  const problems: string[] = []
  const needsSecret = authMethod === 'client_secret_basic' || authMethod === 'client_secret_post'
  const hasKeys = options.jwks !== undefined || options.jwksUri !== undefined
  if (needsSecret && options.clientSecret === undefined) {
    problems.push(`clientSecret: is required with authMethod "${authMethod}".`)
  }
  if (!needsSecret && options.clientSecret !== undefined) {
    problems.push(`clientSecret: is of no use with authMethod "${authMethod}": remove it.`)
  }
  if (authMethod === 'private_key_jwt' && !hasKeys) {
    problems.push('jwks: is required with authMethod "private_key_jwt" (or jwksUri).')
  }
  if (authMethod !== 'private_key_jwt' && hasKeys) {
    problems.push(`jwks: is of no use with authMethod "${authMethod}": remove it (and jwksUri).`)
  }
  if (options.jwks !== undefined && options.jwksUri !== undefined) {
    problems.push('jwksUri: must not stand beside jwks (RFC 7591 §2): remove one of them.')
  }
  if (options.jwks?.keys.some((key) => ['d', 'k', 'p', 'q'].some((member) => member in key))) {
    problems.push('jwks: holds a private or symmetric key: put the public keys there only.')
  }
  return problems
}
