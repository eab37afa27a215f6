import type { SafeFetch } from '@portico/safe-fetch'
import type { Storage } from '@portico/storage'

import type { AuditEvent } from './audit-event.ts'
import type { ClientDocuments } from './clients/client-documents.ts'
import type { ClientKeys } from './clients/client-keys.ts'
import type { RateLimits } from './limits/rate-limits.ts'
import type { ProviderKeys } from './login/provider-keys.ts'
import type { Settings } from './settings.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { AccessTokens } from './tokens/access-tokens.ts'
import type { DpopNonces } from './tokens/dpop-nonces.ts'
import type { Vault } from './vault.ts'

/** Everything an endpoint needs. Built once; there is no other state in the process that matters. */
export interface Context {
  readonly settings: Settings
  readonly storage: Storage
  readonly vault: Vault
  readonly signingKeys: SigningKeys
  /** The providers' published keys, as last seen. */
  readonly providerKeys: ProviderKeys
  /** For the providers' endpoints, which the operator configured. */
  readonly providerFetch: SafeFetch
  readonly accessTokens: AccessTokens
  /** Absent: proofs need no nonce. */
  readonly dpopNonces: DpopNonces | undefined
  /** The secret that refresh tokens are computed with, the same on all nodes. */
  readonly refreshTokenKey: () => Promise<Uint8Array>
  /** The secret that an audit trail is chained with, the same on all nodes. */
  readonly auditKey: () => Promise<Uint8Array>
  readonly clientDocuments: ClientDocuments
  readonly clientKeys: ClientKeys
  readonly rateLimits: RateLimits
  /** For URLs that clients named. */
  readonly fetch: SafeFetch
  /** Unix seconds. */
  readonly now: () => number
  /** Unguessable text of 256 bits, base64url. */
  readonly randomToken: () => string
  readonly newRequestId: () => string
  readonly emit: (event: AuditEvent) => void
}
