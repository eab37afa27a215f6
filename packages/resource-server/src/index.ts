export { hasScopes, type AccessToken, type ScopeHierarchy, type VerifyToken } from './access-token.ts'
export { KeysUnavailableError } from './authorization-server-keys.ts'
export { cacheVerification, type CacheVerificationOptions } from './cache-verification.ts'
export { challenge, type Challenge } from './challenge.ts'
export { createJwtVerifier, type JwtVerifierOptions } from './jwt-verifier.ts'
export type { PresentedProof, ProofRefusal } from './presented-proof.ts'
export type { RateRefusal } from './rate-refusal.ts'
export { isRefusal, toResponse, type Refusal } from './refusal.ts'
export {
  resourceMetadata,
  resourceMetadataUrl,
  type DpopOptions,
  type ProtectedResource,
} from './resource-metadata.ts'
export {
  createResourceServer,
  factsOf,
  type RequestFacts,
  type ResourceServer,
  type ResourceServerOptions,
} from './resource-server.ts'
