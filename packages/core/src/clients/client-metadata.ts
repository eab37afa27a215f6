import type { JsonValue } from '@portico/storage'

import { OAuthError } from '../oauth-error.ts'
import type { ClientAuthMethod, ClientRecord } from '../records.ts'
import { type MetadataMembers, readMetadataMembers } from './metadata-members.ts'
import { classifyRedirectUri, type RedirectUriProblem } from './redirect-uri.ts'

/** What a client says about itself, by registration or by document: the part that is understood and allowed. */
export type ClientMetadata = Pick<
  ClientRecord,
  | 'name'
  | 'redirectUris'
  | 'grantTypes'
  | 'jwks'
  | 'jwksUri'
  | 'clientUri'
  | 'logoUri'
  | 'policyUri'
  | 'tosUri'
  | 'scope'
  | 'dpopBound'
> & { authMethod: ClientAuthMethod | undefined }

/** Public members of RSA, EC and OKP keys (RFC 7518 §6, RFC 8037 §2) and those about the key; the rest is not kept. */
const keyMembers = new Set(['kty', 'kid', 'use', 'alg', 'key_ops', 'crv', 'x', 'y', 'n', 'e'])
const secretKeyMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const methods: readonly string[] = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] satisfies ClientAuthMethod[]

/**
 * Takes what is supported of a client's metadata (RFC 7591 §2) and leaves the rest (DCR-08, CIMD-09).
 *
 * @param grantTypes those that a client may register, from `registrableGrantTypes`
 * @throws {OAuthError} `invalid_redirect_uri` or `invalid_client_metadata` when something is unsafe or nothing is left
 */
export function parseClientMetadata(
  input: unknown,
  privateUseSchemes: readonly string[],
  grantTypes: readonly string[],
): ClientMetadata {
  const members = readMetadataMembers(input)
  const usable = usableGrantTypes(members.grantTypes, grantTypes)
  const redirectUris =
    members.redirectUris === undefined && !usable.includes('authorization_code')
      ? []
      : usableRedirectUris(members.redirectUris ?? [], privateUseSchemes)
  const { authMethod, responseTypes, scope } = members
  if (authMethod !== undefined && !isAuthMethod(authMethod)) {
    throw invalid(`token_endpoint_auth_method must be one of ${methods.join(', ')}.`)
  }
  if (redirectUris.length > 0 && responseTypes && !responseTypes.includes('code')) {
    throw invalid('response_types must include code: no other is supported.')
  }
  const metadata: ClientMetadata = { redirectUris, authMethod, grantTypes: usable }
  const name = printableName(members.name)
  if (name !== undefined) metadata.name = name
  if (scope && /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/.test(scope)) metadata.scope = scope
  if (members.dpopBound) metadata.dpopBound = true
  addKeys(metadata, members)
  addLinks(metadata, members)
  return metadata
}

/**
 * A private scheme that is not on the list is left out beside a good URI, so that one unknown scheme does not cost a
 * client all of its redirect URIs (COMPAT-31); anything dangerous refuses the whole.
 */
function usableRedirectUris(uris: readonly string[], privateUseSchemes: readonly string[]): string[] {
  const usable: string[] = []
  let unlisted: string | undefined
  for (const uri of uris) {
    const kind = classifyRedirectUri(uri, privateUseSchemes)
    if (typeof kind !== 'string') {
      if (kind.reason === 'unsafe') throw unsafe(uris.indexOf(uri), kind)
      unlisted ??= kind.message
    } else if (!usable.includes(uri)) usable.push(uri)
  }
  if (usable.length === 0)
    throw new OAuthError('invalid_redirect_uri', `redirect_uris ${unlisted ?? 'is empty'}.`)
  return usable
}

/** Of nearly every client: one frozen list, of which a storage in memory makes no copies. */
const usualGrantTypes: readonly string[] = Object.freeze(['authorization_code', 'refresh_token'])

/** A client that names no grant types gets both: without the second its users would sign in every hour (COMPAT-06). */
function usableGrantTypes(
  named: readonly string[] | undefined,
  registrable: readonly string[],
): readonly string[] {
  if (!named) return usualGrantTypes
  const usable = registrable.filter((grantType) => named.includes(grantType))
  if (usable.every((grantType) => grantType === 'refresh_token')) {
    const first = registrable.filter((grantType) => grantType !== 'refresh_token')
    throw invalid(
      `grant_types must include ${first.join(' or ')}: no other grant is open to registered clients.`,
    )
  }
  const isUsual =
    usable.length === usualGrantTypes.length && usable.every((each) => usualGrantTypes.includes(each))
  return isUsual ? usualGrantTypes : usable
}

function addKeys(metadata: ClientMetadata, { jwks, jwksUri }: MetadataMembers): void {
  if (jwks && jwksUri) throw invalid('jwks and jwks_uri exclude each other (RFC 7591 section 2).')
  if (jwksUri) {
    if (webLink(jwksUri) === undefined) throw invalid('jwks_uri must be an https URL.')
    metadata.jwksUri = jwksUri
  }
  if (!jwks) return
  if (jwks.some((key) => key['kty'] === 'oct' || secretKeyMembers.some((member) => member in key))) {
    throw invalid(
      'jwks contains a private or symmetric key. It is public now: replace it, and publish public keys only.',
    )
  }
  metadata.jwks = {
    keys: jwks.map(
      (key) =>
        Object.fromEntries(Object.entries(key).filter(([member]) => keyMembers.has(member))) as {
          [member: string]: JsonValue
        },
    ),
  }
}

function addLinks(metadata: ClientMetadata, members: MetadataMembers): void {
  const clientUri = webLink(members.clientUri)
  const logoUri = webLink(members.logoUri)
  const policyUri = webLink(members.policyUri)
  const tosUri = webLink(members.tosUri)
  if (clientUri !== undefined) metadata.clientUri = clientUri
  if (logoUri !== undefined) metadata.logoUri = logoUri
  if (policyUri !== undefined) metadata.policyUri = policyUri
  if (tosUri !== undefined) metadata.tosUri = tosUri
}

/** DCR-13, A07: no control characters, and nothing that turns the direction of the text around it. */
function printableName(value: string | undefined): string | undefined {
  const clean = value?.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu, '').trim()
  return clean === '' ? undefined : clean
}

/** A link that may be shown: https, and nothing else of a URL's tricks. Others are left out, as they are decoration. */
function webLink(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 2048 || !/^https:\/\/[\x21-\x7E]+$/.test(value))
    return undefined
  if (!URL.canParse(value)) return undefined
  const { username, password } = new URL(value)
  return username === '' && password === '' ? value : undefined
}

function isAuthMethod(method: string): method is ClientAuthMethod {
  return methods.includes(method)
}

function unsafe(index: number, { message }: RedirectUriProblem): OAuthError {
  return new OAuthError('invalid_redirect_uri', `redirect_uris ${index + 1} ${message}.`)
}

function invalid(message: string): OAuthError {
  return new OAuthError('invalid_client_metadata', message)
}
