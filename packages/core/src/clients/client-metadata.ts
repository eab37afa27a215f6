import type { JsonValue } from '@portico/storage'
import { z } from 'zod'

import { OAuthError } from '../oauth-error.ts'
import type { ClientAuthMethod, ClientRecord } from '../records.ts'
import { classifyRedirectUri } from './redirect-uri.ts'

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
> & { readonly authMethod: ClientAuthMethod | undefined }

const maxRedirectUris = 20
const maxKeys = 20
/** Public members of RSA, EC and OKP keys (RFC 7518 §6, RFC 8037 §2) and those about the key; the rest is not kept. */
const keyMembers = new Set(['kty', 'kid', 'use', 'alg', 'key_ops', 'crv', 'x', 'y', 'n', 'e'])
const secretKeyMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

const text = z.string()
const metadataSchema = z.object({
  client_name: text.max(200).nullish(),
  redirect_uris: z.array(text).min(1).max(maxRedirectUris).optional(),
  grant_types: z.array(text).max(50).nullish(),
  response_types: z.array(text).max(50).nullish(),
  token_endpoint_auth_method: text.max(100).nullish(),
  scope: text.max(2000).nullish(),
  jwks: z.object({ keys: z.array(z.looseObject({ kty: text })).max(maxKeys) }).nullish(),
  jwks_uri: text.max(2048).nullish(),
  dpop_bound_access_tokens: z.boolean().nullish(),
  client_uri: z.unknown().optional(),
  logo_uri: z.unknown().optional(),
  policy_uri: z.unknown().optional(),
  tos_uri: z.unknown().optional(),
})

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
  const parsed = metadataSchema.safeParse(input)
  if (!parsed.success) throw describe(parsed.error.issues)
  const metadata = parsed.data
  const usable = usableGrantTypes(metadata.grant_types, grantTypes)
  const redirectUris =
    metadata.redirect_uris === undefined && !usable.includes('authorization_code')
      ? []
      : usableRedirectUris(metadata.redirect_uris ?? [], privateUseSchemes)
  const authMethod = metadata.token_endpoint_auth_method ?? undefined
  if (authMethod !== undefined && !isAuthMethod(authMethod)) {
    throw invalid(`token_endpoint_auth_method is none of ${methods.join(', ')}.`)
  }
  if (redirectUris.length > 0 && metadata.response_types && !metadata.response_types.includes('code')) {
    throw invalid('response_types must include code: no other is supported.')
  }
  const name = displayText(metadata.client_name)
  const clientUri = webLink(metadata.client_uri)
  const logoUri = webLink(metadata.logo_uri)
  const policyUri = webLink(metadata.policy_uri)
  const tosUri = webLink(metadata.tos_uri)
  return {
    redirectUris,
    authMethod,
    grantTypes: usable,
    ...(name !== undefined && { name }),
    ...(metadata.scope &&
      /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/.test(metadata.scope) && { scope: metadata.scope }),
    ...(metadata.dpop_bound_access_tokens && { dpopBound: true }),
    ...keys(metadata.jwks, metadata.jwks_uri),
    ...(clientUri !== undefined && { clientUri }),
    ...(logoUri !== undefined && { logoUri }),
    ...(policyUri !== undefined && { policyUri }),
    ...(tosUri !== undefined && { tosUri }),
  }
}

/**
 * A private scheme that is not on the list is left out beside a good URI, so that one unknown scheme does not cost a
 * client all of its redirect URIs (COMPAT-31); anything dangerous refuses the whole.
 */
function usableRedirectUris(uris: readonly string[], privateUseSchemes: readonly string[]): string[] {
  const usable: string[] = []
  let unlisted: string | undefined
  for (const [index, uri] of uris.entries()) {
    const kind = classifyRedirectUri(uri, privateUseSchemes)
    if (typeof kind === 'string') usable.push(uri)
    else if (kind.reason === 'unlisted_scheme') unlisted ??= kind.message
    else throw new OAuthError('invalid_redirect_uri', `redirect_uris ${index + 1} ${kind.message}.`)
  }
  if (usable.length === 0)
    throw new OAuthError('invalid_redirect_uri', `redirect_uris ${unlisted ?? 'is empty'}.`)
  return [...new Set(usable)]
}

/** Of nearly every client: one frozen list, of which a storage in memory makes no copies. */
const usualGrantTypes: readonly string[] = Object.freeze(['authorization_code', 'refresh_token'])

/** A client that names no grant types gets both: without the second its users would sign in every hour (COMPAT-06). */
function usableGrantTypes(
  named: readonly string[] | null | undefined,
  registrable: readonly string[],
): readonly string[] {
  if (!named) return usualGrantTypes
  const usable = registrable.filter((grantType) => named.includes(grantType))
  const first = registrable.filter((grantType) => grantType !== 'refresh_token')
  if (!first.some((grantType) => usable.includes(grantType))) {
    throw invalid(
      `grant_types must include ${first.join(' or ')}: no other grant is open to registered clients.`,
    )
  }
  const isUsual =
    usable.length === usualGrantTypes.length && usable.every((each) => usualGrantTypes.includes(each))
  return isUsual ? usualGrantTypes : usable
}

function keys(
  jwks: z.output<typeof metadataSchema>['jwks'],
  jwksUri: string | null | undefined,
): Pick<ClientRecord, 'jwks' | 'jwksUri'> {
  if (jwks && jwksUri) throw invalid('jwks and jwks_uri exclude each other (RFC 7591 section 2).')
  if (jwksUri) {
    if (webLink(jwksUri) === undefined) throw invalid('jwks_uri must be an https URL.')
    return { jwksUri }
  }
  if (!jwks) return {}
  if (jwks.keys.some((key) => key.kty === 'oct' || secretKeyMembers.some((member) => member in key))) {
    throw invalid(
      'jwks holds a private or symmetric key: replace that key, it is public now, and publish public keys only.',
    )
  }
  return {
    jwks: {
      keys: jwks.keys.map(
        (key) =>
          Object.fromEntries(Object.entries(key).filter(([member]) => keyMembers.has(member))) as {
            [member: string]: JsonValue
          },
      ),
    },
  }
}

/** DCR-13, A07: no control characters, and nothing that turns the direction of the text around it. */
function displayText(value: string | null | undefined): string | undefined {
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

function describe(issues: readonly z.core.$ZodIssue[]): OAuthError {
  const [issue] = issues
  const member = String(issue?.path[0] ?? '')
  if (member === 'redirect_uris') {
    return new OAuthError(
      'invalid_redirect_uri',
      `redirect_uris must be a list of 1 to ${maxRedirectUris} URIs.`,
    )
  }
  return invalid(
    member === ''
      ? 'The client metadata must be a JSON object.'
      : `${member} has a wrong type or is too long.`,
  )
}

function invalid(message: string): OAuthError {
  return new OAuthError('invalid_client_metadata', message)
}
