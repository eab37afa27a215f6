import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord } from '../records.ts'
import type { ClientMetadata } from './client-metadata.ts'

/**
 * How the client of a metadata document authenticates. A document may offer several methods (OpenID Connect RP Metadata
 * Choices, as ChatGPT's does): each request then uses one of them, and `none` never makes up for a bad assertion.
 *
 * @param choices `token_endpoint_auth_methods_supported` of the document
 * @throws {OAuthError} `invalid_client_metadata` when the method needs what a public document cannot hold (CIMD-06)
 */
export function documentAuthMethods(
  choices: unknown,
  { authMethod, jwks, jwksUri }: ClientMetadata,
): Pick<ClientRecord, 'authMethod' | 'otherAuthMethods'> {
  if (authMethod === 'client_secret_basic' || authMethod === 'client_secret_post') {
    throw invalid(
      `token_endpoint_auth_method ${authMethod} needs a secret, which a public document cannot hold.`,
    )
  }
  const hasKeys = jwks !== undefined || jwksUri !== undefined
  if (authMethod === 'private_key_jwt' && !hasKeys) {
    throw invalid('private_key_jwt needs jwks or jwks_uri.')
  }
  const further: readonly unknown[] = Array.isArray(choices) ? choices : []
  // CIMD-07: the default of RFC 7591 would be a symmetric method.
  const offered = new Set([authMethod ?? 'none', ...further])
  if (!offered.has('none')) return { authMethod: 'private_key_jwt' }
  const both = offered.has('private_key_jwt') && hasKeys
  return { authMethod: 'none', ...(both && { otherAuthMethods: ['private_key_jwt'] }) }
}

function invalid(message: string): OAuthError {
  return new OAuthError('invalid_client_metadata', message)
}
