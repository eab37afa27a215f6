import type { JsonValue } from '@portico/storage'

/** How a client authenticates at the token endpoint (RFC 7591 §2). */
export type ClientAuthMethod = 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** A client as the server knows it, however it came to be known. */
export type ClientRecord = {
  clientId: string
  /** `document`: the id is the URL of its metadata (CIMD); `registered`: RFC 7591; `configured`: by the operator. */
  origin: 'document' | 'registered' | 'configured'
  name?: string
  redirectUris: string[]
  grantTypes: readonly string[]
  authMethod: ClientAuthMethod
  /** Further methods that a document offers beside `authMethod`; a client that offers `none` counts as public. */
  otherAuthMethods?: ClientAuthMethod[]
  /** SHA-256 of the secret. */
  secretHash?: string
  /** SHA-256 of the registration access token (RFC 7592). */
  managementHash?: string
  jwks?: { keys: { [member: string]: JsonValue }[] }
  jwksUri?: string
  clientUri?: string
  logoUri?: string
  policyUri?: string
  tosUri?: string
  scope?: string
  /** It never takes tokens that are not bound to a key (RFC 9449 §5.2). */
  dpopBound?: boolean
  /** Of `configured` clients: canonical URLs of the resources it may use for itself (`client_credentials`). */
  resources?: string[]
  /** Of `configured` clients: canonical URLs of the resources whose tokens it may exchange, and for which (RFC 8693). */
  exchanges?: { from: string[]; to: string[] }
  /** Of `configured` clients: canonical URLs of the resources whose tokens it may introspect. */
  introspects?: string[]
  /** Unix seconds; as are all `…At` members. */
  createdAt: number
  /** Set by the first use, then now and then; unused clients are dropped early. */
  usedAt?: number
  /** Of a `document`: until when it may be used without asking again (CIMD-14). */
  document?: { fetchedAt: number; freshUntil: number; etag?: string }
}
