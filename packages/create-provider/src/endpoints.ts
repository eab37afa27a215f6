import type { Answers } from './answers.ts'
import type { DiscoveryDocument } from './discovery-document.ts'

/** The addresses of the provider as its source will state them. */
export interface Endpoints {
  /** `https://id.acme.example`: what the operator states. */
  readonly origin: string
  /** What follows the origin in the issuer, e.g. `/oidc`. */
  readonly issuerPath: string
  readonly jwks: string
  readonly authorization: string
  readonly token: string
  /** Published, not guessed. */
  readonly known: boolean
}

export function endpointsOf({ issuer }: Answers, found: DiscoveryDocument | undefined): Endpoints {
  const { origin } = new URL(issuer)
  const base = issuer.replace(/\/$/, '')
  const document = found?.document
  return {
    origin,
    issuerPath: issuer.slice(origin.length),
    jwks: document?.jwks_uri ?? `${base}/jwks`,
    authorization: document?.authorization_endpoint ?? `${base}/authorize`,
    token: document?.token_endpoint ?? `${base}/token`,
    known: document !== undefined,
  }
}
