import type { IdentityProvider } from '@portico/provider'

import type { DocumentPolicy } from './clients/document-trust.ts'
import type { RegistrationPolicy } from './clients/registration-policy.ts'
import type { RateLimitSettings } from './limits/rate-limits.ts'
import type { Pages } from './pages/own-pages.ts'
import type { ClientRecord } from './records.ts'

/** A protected resource, i.e. one MCP route. A token is bound to exactly one. */
export interface Resource {
  /** The canonical URL users enter: public URL + path, no trailing slash (RS-03). */
  readonly url: string
  /** Path of the route, e.g. `/mcp/demo`; path-inserted into the well-known locations. */
  readonly path: string
  /** The issuer of this route (RFC 8414 with a path): the same bytes in metadata, `iss` and tokens. */
  readonly issuer: string
  readonly name: string
  /** Descriptions of scopes for the consent page; the keys are the supported scopes, in order. */
  readonly scopes: ReadonlyMap<string, string>
  /** Granted when a request names none, and named in the first challenge. */
  readonly defaultScopes: readonly string[]
  /** Ids of the providers that may sign users in to this route; absent: all. */
  readonly providers?: readonly string[]
  /** Takes tokens that are bound to a key of the client (RFC 9449), and no others. */
  readonly dpopBound?: boolean
}

/** An upstream account that a route needs before the grant is useful; shown on the consent page. */
export interface Requirement {
  readonly id: string
  readonly displayName: string
  readonly summary?: string
  readonly connected: boolean
  /** Path on this origin that starts the connection; it is given `return_to`, the path of the page to come back to. */
  readonly connectUrl: string
}

/** A provider whose assertions about its users are taken for grants (ID-JAG). */
export interface AssertionTrust {
  /** Id of the provider. */
  readonly provider: string
  /** Ids of the clients that may present them. */
  readonly clients: ReadonlySet<string>
  /** Canonical URLs; absent: all resources. */
  readonly resources?: ReadonlySet<string>
  /** Users who have never signed in here get an account. */
  readonly mayCreateUsers: boolean
}

/** The validated settings of one authorization server. */
export interface Settings {
  /** Origin, without a trailing slash; also the gateway-wide issuer. */
  readonly publicUrl: string
  /** Default `/oauth`; never `/`-terminated. */
  readonly basePath: string
  /** Loopback only: plain http, cookies without `__Host-`. */
  readonly development: boolean
  readonly providers: readonly IdentityProvider[]
  /** By canonical URL. */
  readonly resources: ReadonlyMap<string, Resource>
  /** Pre-registered by the operator, by client id. */
  readonly clients: ReadonlyMap<string, ClientRecord>
  readonly registration: {
    readonly dynamic: boolean
    readonly metadataDocuments: boolean
    /** RFC 7592: clients may read, change and delete what they registered. */
    readonly management: boolean
    /** SHA-256 of the tokens of which one is needed to register; empty: none is. */
    readonly initialAccessTokenHashes: readonly string[]
    /** Refuses a client by a reason. */
    readonly policy: RegistrationPolicy | undefined
    readonly documentPolicy: DocumentPolicy
    /** Fetches per minute of what clients name. */
    readonly fetchBudget: { readonly perHost: number; readonly total: number }
    /** Private-use schemes that public clients may register, e.g. `cursor` (DCR-05). */
    readonly privateUseSchemes: readonly string[]
    /** Hosts of redirect URIs to which an error may be redirected without a click (DEC-10). */
    readonly trustedRedirectHosts: readonly string[]
    /** Clients that were never used are dropped after this time. */
    readonly unusedClientTtlSeconds: number
    /** Slides with every use. */
    readonly clientTtlSeconds: number
  }
  readonly accessToken: {
    readonly format: 'jwt' | 'opaque'
    readonly ttlSeconds: number
    /** How long a verified token passes before its grant is looked at again: revocation is seen within this time. */
    readonly recheckSeconds: number
  }
  readonly refreshToken: {
    /** Since the last use. */
    readonly idleTtlSeconds: number
    /** Since the grant. */
    readonly absoluteTtlSeconds: number
    /** How long a rotated token still yields its successor (AS-65). */
    readonly replayWindowSeconds: number
  }
  /** RFC 9126. */
  readonly pushedAuthorizationRequests: 'off' | 'allowed' | 'required'
  /** RFC 8628. */
  readonly deviceAuthorization: boolean
  /** Enterprise-managed authorization; empty: switched off. */
  readonly identityAssertions: readonly AssertionTrust[]
  /** Canonical URLs of the resources behind which users' tokens of the provider are needed. */
  readonly providerTokens: ReadonlySet<string>
  /** RFC 9449. */
  readonly dpop: boolean
  /** Proofs must contain a nonce of this server; absent: they need none. */
  readonly dpopNonceTtlSeconds: number | undefined
  /** OpenID Connect Back-Channel Logout 1.0: whether it ends browser sessions, or also the grants born in them. */
  readonly backChannelLogout: 'off' | 'sessions' | 'grants'
  /** Absent: nothing is limited. */
  readonly rateLimits: RateLimitSettings | undefined
  /** How often a provider is asked whether a user still exists; 0: never. */
  readonly recheckUsersSeconds: number
  readonly codeTtlSeconds: number
  readonly transactionTtlSeconds: number
  /** The most that a browser stays signed in; absent: each provider says it, or it is the usual time. */
  readonly sessionTtlSeconds: number | undefined
  /** Consent may be remembered under AS-43 and AS-44; default never. */
  readonly rememberConsentSeconds: number
  readonly theme: {
    readonly name: string
    readonly logoUrl?: string
    readonly accentColor?: string
    readonly stylesheet?: string
  }
  readonly pages: Pages
  /** Upstream accounts that `subject` needs for `resource`, with their state. */
  readonly requirements: (subject: string, resource: Resource) => Promise<readonly Requirement[]>
}
