import { OAuthError } from '../oauth-error.ts'

/** The members of a client's metadata that are understood (RFC 7591 §2), each of the right type and not too long. */
export interface MetadataMembers {
  readonly name: string | undefined
  readonly redirectUris: readonly string[] | undefined
  readonly grantTypes: readonly string[] | undefined
  readonly responseTypes: readonly string[] | undefined
  readonly authMethod: string | undefined
  readonly scope: string | undefined
  readonly jwks: readonly Readonly<Record<string, unknown>>[] | undefined
  readonly jwksUri: string | undefined
  readonly dpopBound: boolean | undefined
  /** Links of a wrong type are left out like those that may not be shown: they are decoration. */
  readonly clientUri: unknown
  readonly logoUri: unknown
  readonly policyUri: unknown
  readonly tosUri: unknown
}

type Input = Readonly<Record<string, unknown>>

const maxRedirectUris = 20
const maxTypes = 50
const maxKeys = 20

/**
 * Members that are not named here are left out. A member that is `null` counts as absent, but for the redirect URIs.
 * Plain checks instead of a schema: strangers may register as often as the rate limits let them.
 *
 * @throws {OAuthError} `invalid_redirect_uri` or `invalid_client_metadata` for the first member that is wrong
 */
export function readMetadataMembers(input: unknown): MetadataMembers {
  if (!isObject(input)) throw invalid('The client metadata must be a JSON object.')
  return {
    name: text(input, 'client_name', 200),
    redirectUris: redirectUris(input),
    grantTypes: texts(input, 'grant_types', maxTypes),
    responseTypes: texts(input, 'response_types', maxTypes),
    authMethod: text(input, 'token_endpoint_auth_method', 100),
    scope: text(input, 'scope', 2000),
    jwks: keys(input),
    jwksUri: text(input, 'jwks_uri', 2048),
    dpopBound: flag(input, 'dpop_bound_access_tokens'),
    clientUri: input['client_uri'],
    logoUri: input['logo_uri'],
    policyUri: input['policy_uri'],
    tosUri: input['tos_uri'],
  }
}

function text(input: Input, member: string, maxLength: number): string | undefined {
  const value = input[member] ?? undefined
  if (value === undefined || (typeof value === 'string' && value.length <= maxLength)) return value
  throw wrong(member)
}

function texts(input: Input, member: string, maxLength: number): readonly string[] | undefined {
  const value = input[member] ?? undefined
  if (value === undefined || (isTexts(value) && value.length <= maxLength)) return value
  throw wrong(member)
}

function flag(input: Input, member: string): boolean | undefined {
  const value = input[member] ?? undefined
  if (value === undefined || typeof value === 'boolean') return value
  throw wrong(member)
}

function redirectUris(input: Input): readonly string[] | undefined {
  const value = input['redirect_uris']
  if (value === undefined) return undefined
  if (isTexts(value) && value.length > 0 && value.length <= maxRedirectUris) return value
  throw new OAuthError(
    'invalid_redirect_uri',
    `redirect_uris must be a list of 1 to ${maxRedirectUris} URIs.`,
  )
}

function keys(input: Input): readonly Input[] | undefined {
  const value = input['jwks'] ?? undefined
  if (value === undefined) return undefined
  const list = isObject(value) ? value['keys'] : undefined
  if (Array.isArray(list) && list.length <= maxKeys && list.every(isKey)) return list
  throw wrong('jwks')
}

function isKey(value: unknown): value is Input {
  return isObject(value) && typeof value['kty'] === 'string'
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string')
}

function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(member: string): OAuthError {
  return invalid(`${member} has the wrong type or is too long.`)
}

function invalid(message: string): OAuthError {
  return new OAuthError('invalid_client_metadata', message)
}
