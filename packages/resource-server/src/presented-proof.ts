/** A DPoP proof and the request it came with, for the verifier of the token. */
export interface PresentedProof {
  readonly proof: string
  readonly method: string
  /** Of the resource, as clients address it: `htu` of the proof must be this. */
  readonly url: string
}

/** What a verifier throws about a proof whose token is good; `OAuthError` of `@portico/core` is one. */
export interface ProofRefusal {
  readonly code: 'invalid_dpop_proof' | 'use_dpop_nonce'
  /** ASCII without `"` and `\`. */
  readonly message: string
  /** For the answer: `dpop-nonce` beside `use_dpop_nonce`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Three parts of a JWT; two headers would arrive joined by a comma. */
const single = /^[\w-]+(?:\.[\w-]+){2}$/
const maxLength = 8192

/**
 * The one `DPoP` header of a request (RFC 9449 §4.3); undefined where there is none, or not one.
 *
 * @param url of the request: its host is whatever the client said, so that only the end of its path is looked at
 */
export function presentedProof(
  resource: string,
  { method, url }: { readonly method: string; readonly url: string },
  proof: string | undefined,
): PresentedProof | undefined {
  if (proof === undefined || proof.length > maxLength || !single.test(proof)) return undefined
  // COMPAT-24: both forms of the URL are served, and a client signs the one it uses.
  const endsWithSlash = /^[^?#]*\/(?:[?#]|$)/.test(url)
  return { proof, method, url: endsWithSlash ? `${resource}/` : resource }
}

/** Tells what is wrong with a proof from a failure. */
export const isProofRefusal = (error: unknown): error is ProofRefusal =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'invalid_dpop_proof' || error.code === 'use_dpop_nonce')
