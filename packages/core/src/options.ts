import type { IdentityProvider } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'

import type { AuditEvent } from './audit-event.ts'
import type { RegistrationPolicy } from './clients/registration-policy.ts'
import type { Pages } from './pages/own-pages.ts'
import type { ClientAuthMethod } from './records.ts'
import type { Requirement, Resource } from './settings.ts'

/** A protected resource: one MCP route. A token is bound to exactly one. */
export interface ResourceOptions {
  /** Path of the route below `publicUrl`, e.g. `/mcp/demo`, without a trailing slash; `/` for the origin itself. */
  readonly path: string
  /** Shown to users on the consent page. */
  readonly name: string
  /** Scope → what it allows, as text for the consent page. Default `{ 'mcp:tools': … }`. */
  readonly scopes?: Readonly<Record<string, string>> | undefined
  /** Granted when a request names no scope. Default `mcp:tools` where it is one of `scopes`, or the only scope. */
  readonly defaultScopes?: readonly string[] | undefined
  /** Ids of the providers whose users may sign in to this resource. Default: all. */
  readonly providers?: readonly string[] | undefined
  /**
   * Takes tokens that are bound to a key of the client (RFC 9449), and issues no others for it; needs `dpop`. Default
   * `false`: with `dpop` both kinds, each in its own scheme.
   */
  readonly dpopBound?: boolean | undefined
}

/** A client the operator registers by hand (DCR-15). */
export interface ClientOptions {
  readonly clientId: string
  readonly name: string
  /** Compared exactly; loopback URIs match whatever the port. */
  readonly redirectUris?: readonly string[] | undefined
  /** At least 32 characters. Only its hash is stored. */
  readonly clientSecret?: string | undefined
  /** Public keys for `private_key_jwt`. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] } | undefined
  /** Where the public keys are published: https. */
  readonly jwksUri?: string | undefined
  /** Default: `private_key_jwt` with keys, `client_secret_basic` with a secret, else `none`. */
  readonly authMethod?: ClientAuthMethod | undefined
  /**
   * Default `['authorization_code', 'refresh_token']`; `['client_credentials']` for a machine, `[]` to introspect or to
   * present assertions only; with the one of RFC 8628 for a device, or of RFC 8693 for a server that exchanges tokens.
   */
  readonly grantTypes?:
    | readonly (
        | 'authorization_code'
        | 'refresh_token'
        | 'client_credentials'
        | 'urn:ietf:params:oauth:grant-type:device_code'
        | 'urn:ietf:params:oauth:grant-type:token-exchange'
      )[]
    | undefined
  /** Never issue this client a token that is not bound to a key; needs `dpop`. */
  readonly dpopBound?: boolean | undefined
  /**
   * For token exchange (RFC 8693): a server that gets users' tokens for the resources `from` may exchange them for ones for the
   * resources `to`; both as paths.
   */
  readonly exchanges?: { readonly from: readonly string[]; readonly to: readonly string[] } | undefined
  /** Space-separated. For `client_credentials` and token exchange: the most the client can be granted; default the resource's default. */
  readonly scope?: string | undefined
  /** For `client_credentials`: paths of the resources the client may use for itself. */
  readonly resources?: readonly string[] | undefined
  /** Paths of the resources whose access tokens the client may introspect (RFC 7662). */
  readonly introspects?: readonly string[] | undefined
}

/** A provider that decides which clients may act for its users (enterprise-managed authorization, ID-JAG). */
export interface IdentityAssertionOptions {
  /** Id of one of `providers`: an OpenID provider. */
  readonly provider: string
  /** Ids of the clients that may present its assertions: configured ones, or URLs of metadata documents with keys. */
  readonly clients: readonly string[]
  /** Paths of the resources they may be used for. Default: all. */
  readonly resources?: readonly string[] | undefined
  /** What becomes of users who have never signed in here: `refuse` (the default), or `create` an account. */
  readonly newUsers?: 'refuse' | 'create' | undefined
}

/** How clients that the operator does not know become known. */
export interface RegistrationOptions {
  /** RFC 7591 at `/oauth/register`. Default `true`. */
  readonly dynamic?: boolean | undefined
  /** Whether clients may read, change and delete what they registered (RFC 7592). Default `false`. */
  readonly management?: boolean | undefined
  /** Initial access tokens (RFC 7591 §3): with any, only who sends one as a bearer token registers. 32 characters or more. */
  readonly initialAccessTokens?: readonly string[] | undefined
  /** Asked for every client that registers or changes: a reason, in ASCII, to refuse it. */
  readonly policy?: RegistrationPolicy | undefined
  /**
   * Which hosts client documents may come from: `allow`, `warn` (on the consent page) or `deny`, by host (`claude.ai`,
   * `*.example.com`) and for all `others`. Default `allow`.
   */
  readonly documentPolicy?:
    | {
        readonly hosts?: Readonly<Record<string, 'allow' | 'warn' | 'deny'>> | undefined
        readonly others?: 'allow' | 'warn' | 'deny' | undefined
      }
    | undefined
  /** How many documents and key sets of clients are fetched a minute. Default 20 per host, 300 in total. */
  readonly fetchBudget?:
    | { readonly perHost?: number | undefined; readonly total?: number | undefined }
    | undefined
  /** Client ID Metadata Documents. Default `true`, or `gateway.cimdEnabled` of the providers. */
  readonly metadataDocuments?: boolean | undefined
  /** Private-use URI schemes that public clients may use, e.g. `cursor`. Replaces the default list. */
  readonly privateUseSchemes?: readonly string[] | undefined
  /** Hosts of redirect URIs to which an error is redirected without a click. Default none; loopback needs no entry. */
  readonly trustedRedirectHosts?: readonly string[] | undefined
  /** A registered client that was never used is dropped after this time. Default 7 days. */
  readonly unusedClientTtlSeconds?: number | undefined
  /** A used client is dropped when it was not used for this time. Default 400 days. */
  readonly clientTtlSeconds?: number | undefined
}

/** The tokens that clients present at a resource. */
export interface AccessTokenOptions {
  /** `jwt` (RFC 9068, the default) can be verified by others; `opaque` means nothing outside this server. */
  readonly format?: 'jwt' | 'opaque' | undefined
  /** Default 900, or `gateway.accessTokenTtlSeconds` of the providers. */
  readonly ttlSeconds?: number | undefined
  /**
   * How long `verifyAccessToken` trusts a token it has verified before it looks at the grant again: within this time a
   * revocation made on another node is seen here (on the same node: at once). Default 5; 0 looks every time.
   */
  readonly recheckSeconds?: number | undefined
}

/** How long a grant lives, and what a refresh token that comes twice does. */
export interface RefreshTokenOptions {
  /** A grant ends when its refresh token was not used for this time. Default 30 days. */
  readonly idleTtlSeconds?: number | undefined
  /** A grant ends after this time whatever happens. Default 1 year, or `gateway.refreshTokenTtlSeconds` of the providers. */
  readonly absoluteTtlSeconds?: number | undefined
  /**
   * For this time a rotated refresh token still yields its one successor, so that two windows of one client or a lost
   * answer log nobody out; afterwards presenting it revokes the grant. Default 30; 0 turns the window off.
   */
  readonly replayWindowSeconds?: number | undefined
}

/**
 * Requests per minute, over all nodes; `false` switches one off. What is too much is answered by 429 with `Retry-After`.
 * Addresses are those that the host vouches for (`fetch(request, { clientAddress })`); without one, and for requests of this
 * machine itself, nothing is limited by address. An IPv6 address counts as its /64 network.
 */
export interface RateLimitOptions {
  /** `/register`, per address. Default 120. */
  readonly registration?: number | false | undefined
  /** `/authorize`, `/par` and `/login`, per address. Default 300. */
  readonly authorization?: number | false | undefined
  /** `/token`, `/revoke` and `/introspect`, per address. Default 1200. */
  readonly token?: number | false | undefined
  /** The device endpoints, per address. Default 120. */
  readonly device?: number | false | undefined
  /** Wrong secrets, codes, tokens and handles, per address: more of them, and everything is refused. Default 120. */
  readonly failures?: number | false | undefined
  /**
   * Access tokens that nobody ever issued, presented at the resources, per address: more of them, and no token is taken from
   * there that is not known to be good already. Default 600. Those that have expired or were revoked are not counted, as
   * far as anybody can tell: of opaque ones nothing is kept.
   */
  readonly unknownTokens?: number | false | undefined
  /** All requests of one client that proves who it is. Default 6000. */
  readonly client?: number | false | undefined
  /** Codes of devices that one signed-in user types. Default 10. */
  readonly userCodes?: number | false | undefined
}

/** How the pages look; the name is also said in their text. */
export interface ThemeOptions {
  readonly name?: string | undefined
  /** https, or a path on this origin that the host serves. */
  readonly logoUrl?: string | undefined
  /** Hex. */
  readonly accentColor?: string | undefined
  /** CSS after that of the pages, which it may override. It cannot load anything but the logo. */
  readonly stylesheet?: string | undefined
}

/** Options of {@link createAuthorizationServer}. */
export interface AuthorizationServerOptions {
  /**
   * The origin users and clients see, e.g. `https://mcp.example.com`: https, no path. Also the issuer. Never taken from
   * a request. May be absent with `development`: then `http://localhost:9000`.
   */
  readonly publicUrl?: string | undefined
  /** Who signs users in: one provider or several. */
  readonly providers: IdentityProvider | readonly IdentityProvider[]
  readonly resources: readonly ResourceOptions[]
  readonly storage: Storage
  /**
   * The keyring, newest first: 32 random bytes or more each, base64url (`portico keys generate`). Required, except with
   * `development`: then a random key that is forgotten with the process.
   */
  readonly keys?: readonly string[] | undefined
  readonly clients?: readonly ClientOptions[] | undefined
  readonly registration?: RegistrationOptions | undefined
  readonly accessToken?: AccessTokenOptions | undefined
  readonly refreshToken?: RefreshTokenOptions | undefined
  /**
   * Pushed authorization requests (RFC 9126) at `/oauth/par`: `allowed`, or `required` of every client. Default `off`.
   */
  readonly pushedAuthorizationRequests?: 'off' | 'allowed' | 'required' | undefined
  /**
   * Device authorization (RFC 8628) for clients without a browser: users type a short code at `/oauth/device`. Default
   * `false`.
   */
  readonly deviceAuthorization?: boolean | undefined
  /**
   * Enterprise-managed authorization: identity providers whose assertions (ID-JAG) clients may exchange for access tokens by
   * the `jwt-bearer` grant (RFC 7523), without consent of the user. Default what `idJag` of the providers says.
   */
  readonly identityAssertions?: readonly IdentityAssertionOptions[] | undefined
  /**
   * Paths of the resources behind which the user's own tokens of the identity provider are needed, to be exchanged for
   * others (`providerToken`). They are kept, sealed, from the sign-in until the last grant for such a resource ends, and
   * the provider is asked for a refresh token. Default none: then no token is kept.
   */
  readonly providerTokens?: readonly string[] | undefined
  /** Tokens bound to a key of the client (RFC 9449), for clients that send proofs. Default `false`. */
  readonly dpop?: boolean | undefined
  /**
   * Proofs must contain a nonce of this server (RFC 9449 §8, §9), which changes after this time and is good for as long
   * again; clients learn it from the `DPoP-Nonce` header of the first refusal. Default none: proofs need no nonce.
   */
  readonly dpopNonceTtlSeconds?: number | undefined
  /**
   * Whether providers may end sessions here, at `/oauth/backchannel-logout/{provider}` (OpenID Connect Back-Channel Logout
   * 1.0): `sessions` of browsers, or also the `grants` born in them. Default `off`.
   */
  readonly backChannelLogout?: 'off' | 'sessions' | 'grants' | undefined
  /**
   * How often the identity provider is asked, by a refresh token of its own that is kept sealed, whether a user still exists:
   * when a client refreshes, at most this often. If it says no, all access of the user ends. Default 0: never, and no token is
   * kept. Does nothing for providers that give no refresh token.
   */
  readonly recheckUsersSeconds?: number | undefined
  /** Default on, with the defaults of {@link RateLimitOptions}; off with `development`. */
  readonly rateLimits?: RateLimitOptions | false | undefined
  /** Default 60. */
  readonly codeTtlSeconds?: number | undefined
  /**
   * From `/authorize` to the decision. Default 900, or the provider's `stateTtlSeconds`. The `state` sent to the provider
   * lives for 600 of it at most.
   */
  readonly transactionTtlSeconds?: number | undefined
  /**
   * A signed-in browser, at most: a provider's own `sessionTtlSeconds` may be shorter. Default the provider's, or 8 hours.
   */
  readonly sessionTtlSeconds?: number | undefined
  /** How long an approval may be remembered (AS-43, AS-44). Default 0: ask every time. */
  readonly rememberConsentSeconds?: number | undefined
  /** Allows plain http, and only on loopback. Default `false`. */
  readonly development?: boolean | undefined
  /** Prefix of the endpoints. Default `/oauth`. */
  readonly basePath?: string | undefined
  /** How the pages look. */
  readonly theme?: ThemeOptions | undefined
  /** Pages of your own in place of the built-in ones: what users must see stays in them, or they are not shown. */
  readonly pages?: Pages | undefined
  /** Upstream accounts that `subject` needs for `resource`, with their state, for the consent page. */
  readonly requirements?:
    | ((subject: string, resource: Resource) => Promise<readonly Requirement[]>)
    | undefined
  /** Receives every audit event. What it throws is ignored. */
  readonly onEvent?: ((event: AuditEvent) => void) | undefined
  /**
   * For every request this server makes. Default two guarded fetches: one for public addresses only, for what clients
   * name, and one that also reaches the hosts of `providers` inside the operator's network.
   */
  readonly fetch?: SafeFetch | undefined
  /**
   * Wraps the guarded fetch for identity providers, and the one for what clients name, e.g. to measure it; what is returned
   * is used in its place.
   */
  readonly wrapFetch?: ((fetch: SafeFetch, to: 'provider' | 'client') => SafeFetch) | undefined
  /** Unix seconds. Default the system clock. */
  readonly now?: (() => number) | undefined
  /** Unguessable text of 256 bits, base64url. Default WebCrypto. */
  readonly randomToken?: (() => string) | undefined
}
