import type { z } from 'zod'

/** The three ways an identity provider can answer a login. */
export type ProviderKind =
  /** OpenID Connect: the identity comes from a signed ID token. */
  | 'oidc'
  /** OAuth 2.0 without an ID token: the identity is read from the provider's API (GitHub). */
  | 'oauth2'
  /** The token endpoint answers in a proprietary format (WorkOS user management). */
  | 'private'

/** How the server proves itself at the token endpoint of the provider (OpenID Connect Core §9). */
export type TokenEndpointAuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'none'

/** What a claim must be: one value, or any one of several. An array claim must contain it. */
export type RequiredClaim = string | readonly string[]

/**
 * An issuer that differs per tenant (Entra): the claim's name in braces, as in `https://host/{tid}/v2.0`, is replaced
 * in `template` by the token's own claim, read only after the signature has been verified, and must then equal `iss`.
 * The account key of such a login uses the verified `iss`.
 */
export interface IssuerTemplate {
  readonly template: string
  readonly claim: string
  /** Member of a signing key that names the issuer it signs for, itself perhaps a template; must fit `iss` when present. */
  readonly keyIssuerMember?: string
  /** Values of the claim that may sign in; absent means any value, which the provider's options must spell out. */
  readonly allowed?: readonly string[]
  readonly denied?: readonly string[]
}

/** A message for a mistake that only shows when a token arrives, e.g. the other issuer form of a Cognito pool. */
export interface Hint {
  /** The claim or header the mistake shows in. */
  readonly member: 'iss' | 'alg'
  readonly value: string
  readonly remedy: string
}

/**
 * Where the ID token comes from and what it must say (OpenID Connect Core §3.1.3.7).
 * For the kind `private` there is no ID token: `issuer` and `jwksUrl` then describe the provider's own access tokens.
 */
export interface OidcDerivation {
  /** Compared with `iss` byte by byte and never parsed: a trailing slash is part of it. */
  readonly issuer: string
  /** Further exact spellings of the same issuer (Google). The account key always uses `issuer`. */
  readonly acceptedIssuers?: readonly string[]
  readonly issuerTemplate?: IssuerTemplate
  readonly jwksUrl: string
  /** Signature algorithms to accept; default `['RS256']`. Never `none`, never HS*. */
  readonly algorithms?: readonly string[]
  /** Expected `aud`; default the client id. */
  readonly audience?: string
  readonly requiredClaims?: Readonly<Record<string, RequiredClaim>>
  readonly userinfoUrl?: string
  readonly endSessionUrl?: string
  readonly revocationUrl?: string
  /** Where `portico doctor` finds the discovery document; default issuer + `/.well-known/openid-configuration`. */
  readonly discoveryUrl?: string
}

/** How the browser is sent to the provider and how the code is redeemed. */
export interface BrowserLoginDerivation {
  /** The authorization endpoint; may already carry a query. */
  readonly url: string
  readonly tokenUrl: string
  /** Scopes the derivation depends on; they are already part of the provider's `scope`. */
  readonly scopes?: readonly string[]
  /** Sent with every authorization request. The operator cannot override them. */
  readonly parameters?: Readonly<Record<string, string>>
  /** Default `query`. `form_post` callbacks are accepted either way. */
  readonly responseMode?: 'query' | 'form_post'
  /** RFC 9207 `iss` in the answer: `required` where the provider always sends it; verified whenever present. */
  readonly responseIss?: 'required' | 'optional'
  /** `none` only with a source that says the provider breaks on PKCE; default `S256`. */
  readonly pkce?: 'S256' | 'none'
  /** `absent`: the provider does not echo it (LinkedIn), or there is no ID token; default `nonce`. */
  readonly nonce?: 'nonce' | 'claim_nonce' | 'absent'
  /** `prompt` values the provider understands; others are not passed on. Default all four of OIDC Core §3.1.2.1. */
  readonly prompts?: readonly string[]
  /** `refused`: only one `prompt` value at a time works (Entra), and the most important one is sent. Default `supported`. */
  readonly severalPrompts?: 'supported' | 'refused'
  /** `ignored`: the provider does not honour `max_age`, so nothing that depends on it is promised. */
  readonly maxAge?: 'supported' | 'ignored'
}

/** How Portico authenticates itself at the provider's token endpoint. */
export interface ClientAuthenticationDerivation {
  /** Methods the provider knows, the preferred one first; default `['client_secret_post', 'client_secret_basic', 'private_key_jwt']`. */
  readonly methods?: readonly TokenEndpointAuthMethod[]
  /** `raw`: the server does not form-decode Basic credentials (against RFC 6749 §2.3.1). */
  readonly basicEncoding?: 'rfc6749' | 'raw'
  /** Body of the token request; `json` is private to some APIs. Default `form`. */
  readonly requestEncoding?: 'form' | 'json'
  /** `true`: errors come with status 200 and an `error` member (GitHub). */
  readonly errorsWithStatus200?: boolean
}

/** How to get a refresh token of the provider: a scope, or parameters (Google). `null`: there is none to ask for. */
export interface OfflineAccessDerivation {
  readonly scope?: string
  readonly parameters?: Readonly<Record<string, string>>
}

/** How to end the browser session at the provider (default: RP-initiated logout when there is an `oidc.endSessionUrl`). */
export interface LogoutDerivation {
  readonly url: string
  /** Parameter that carries the client id. */
  readonly clientIdParameter?: string
  /** Parameter that carries the address to return to. */
  readonly redirectParameter: string
  /** Parameter that carries the ID token; absent where the provider accepts none. */
  readonly idTokenParameter?: string
}

/** What a provider package derives from its options: data only. */
export interface Derivation {
  /** Where one package covers two kinds (WorkOS); default the definition's kind. */
  readonly kind?: ProviderKind
  /** Absent for the kind `oauth2`, which has no ID token. */
  readonly oidc?: OidcDerivation
  /** Namespace of the subjects where there is no `oidc.issuer` (GitHub). */
  readonly issuer?: string
  readonly browserLogin: BrowserLoginDerivation
  readonly clientAuthentication?: ClientAuthenticationDerivation
  /** When to call the userinfo endpoint; default `never`. `whenMissing`: when the ID token has no `email`. */
  readonly userinfo?: 'never' | 'whenMissing' | 'always'
  readonly offlineAccess?: OfflineAccessDerivation | null
  readonly logout?: LogoutDerivation | null
  readonly hints?: readonly Hint[]
  /** Shown at boot; nothing is refused (realm `master`, any tenant admitted). */
  readonly warnings?: readonly string[]
}

/** Who signed in. The account key is `(issuer, subject)`, never an address. */
export interface Identity {
  readonly subject: string
  readonly name?: string | undefined
  /** An address cannot be stated without saying whether the provider has verified it. */
  readonly email?: { readonly address: string; readonly verified: boolean } | undefined
  readonly groups?: readonly string[] | undefined
  readonly roles?: readonly string[] | undefined
  readonly organization?: string | undefined
  readonly picture?: string | undefined
}

/**
 * Asks the engine to `GET` one of the provider's own API URLs with the login's access token, through the guarded fetch.
 *
 * @throws when the status is not 2xx or the answer does not fit `schema`
 */
export type Read = <Schema extends z.ZodType>(url: string, schema: Schema) => Promise<z.output<Schema>>

/** An error of the provider, as an adapter's `explain` sees it. */
export interface ProviderError {
  readonly stage: 'authorize' | 'token' | 'verify'
  readonly code: string
  readonly description?: string | undefined
}

/** A signed JWT instead of a shared secret (RFC 7523 §2.2). */
export interface PrivateKeyOptions {
  /** PKCS#8, PEM. */
  readonly privateKeyPem: string
  readonly algorithm: string
  readonly keyId?: string | undefined
}

/** The client's side of the login, from the options every provider shares. */
export interface ProviderClient {
  readonly id: string
  readonly secret?: string | undefined
  readonly privateKey?: PrivateKeyOptions | undefined
  readonly authMethod: TokenEndpointAuthMethod
}

/** Times and further settings of the login, from the options every provider shares. */
export interface LoginSettings {
  /** Milliseconds, as in the reference configuration. */
  readonly remoteTimeoutMs: number
  /** The whole login; the server never keeps a `state` longer than 600 seconds. */
  readonly stateTtlSeconds: number
  /** Absent: as the server says. */
  readonly sessionTtlSeconds?: number | undefined
  readonly clockToleranceSeconds: number
}

/** A configured identity provider: everything the engine needs, and nothing it could be talked into. */
export interface IdentityProvider extends Derivation {
  /** The definition's id, e.g. `logto`. */
  readonly type: string
  /** First half of the account key `(issuer, subject)`: `oidc.issuer`, or the namespace of a provider without ID tokens. */
  readonly issuer: string
  /** Unique within one gateway and part of the callback path when there are several; default the definition's id. */
  readonly id: string
  /** Shown to users. */
  readonly name: string
  readonly kind: ProviderKind
  readonly client: ProviderClient
  /** Space-separated. */
  readonly scope: string
  readonly settings: LoginSettings
  readonly gateway: GatewayOptions
  readonly signIn: SignInRules
  readonly idJag?: IdJagOptions
  /** Whoever reads the configuration fetches the discovery document and refuses what differs. */
  readonly verifyDiscovery?: true
  /**
   * Claims of the ID token (merged with userinfo) → identity; may `read` the provider's API. For the kind `private` the
   * claims are the token endpoint's answer, for `oauth2` they are empty.
   *
   * @throws {IdentityError} when the claims do not fit or this user may not sign in
   */
  identify(claims: Readonly<Record<string, unknown>>, read: Read): Promise<Identity>
  /** Turns a provider's error into an instruction for the operator. */
  explain(error: ProviderError): string | undefined
}

/** Options of the reference's `gateway` block: they concern the tokens Portico issues. */
export interface GatewayOptions {
  readonly accessTokenTtlSeconds?: number | undefined
  readonly refreshTokenTtlSeconds?: number | undefined
  readonly cimdEnabled?: boolean | undefined
}

/** Who of the provider's users may sign in. Every rule that is present must hold. */
export interface SignInRules {
  readonly allowedDomains?: readonly string[] | undefined
  readonly allowedGroups?: readonly string[] | undefined
  readonly requireVerifiedEmail?: boolean | undefined
  /** E-mail domains that the chooser routes to this provider. */
  readonly emailDomains?: readonly string[] | undefined
}

/**
 * Enterprise-managed authorization: assertions (ID-JAG) that the token endpoint exchanges for access tokens.
 * None of these values is ever published.
 */
export interface IdJagOptions {
  readonly enabled: boolean
  /** Absent: assertions of the login provider itself. */
  readonly trustedIssuers?: readonly IdJagIssuer[] | undefined
  /** RFC 9396 types that an assertion may carry; absent means none is accepted. */
  readonly authorizationDetailsTypesAllowed?: readonly string[] | undefined
}

/** One issuer of assertions; without `issuer` and `jwksUrl` it is the login provider. */
export interface IdJagIssuer {
  readonly issuer?: string | undefined
  readonly jwksUrl?: string | undefined
  /** Clients accepted from this issuer; the assertion's `client_id` must match the authenticated client in any case. */
  readonly expectedClientIds?: readonly string[] | undefined
  /** How the assertion's subject becomes ours; default `iss_prefix`. */
  readonly subjectMapping?: 'iss_prefix' | 'iss_tenant_prefix' | 'sub_id_only' | undefined
}

/**
 * A provider of which only the issuer is known (generic OpenID Connect): the caller fetches `discoveryUrl` with its
 * guarded fetch, at boot or before the first login, and hands the parsed document to `resolve`.
 */
export interface UnresolvedProvider {
  readonly type: string
  readonly id: string
  readonly name: string
  readonly discoveryUrl: string
  /** @throws {ConfigError} when the document is not this issuer's or lacks something the login needs */
  resolve(document: unknown): IdentityProvider
}
