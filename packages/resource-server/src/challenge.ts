import type { ProofRefusal } from './presented-proof.ts'
import type { TokenScheme } from './presented-token.ts'

/** The parameters of a `WWW-Authenticate` challenge (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1). */
export interface Challenge {
  /** Default `Bearer`. */
  readonly scheme?: TokenScheme | undefined
  /** Absent for a request without a token (RFC 6750 §3.1). */
  readonly error?:
    | 'invalid_request'
    | 'invalid_token'
    | 'insufficient_scope'
    | ProofRefusal['code']
    | undefined
  readonly description?: string | undefined
  /** Absolute URL of the resource's metadata. */
  readonly resourceMetadata: string
  readonly scopes?: readonly string[] | undefined
  /** Of DPoP proofs; for the scheme `DPoP`. */
  readonly algorithms?: readonly string[] | undefined
}

const quotable = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/**
 * The value of `WWW-Authenticate`. There is only one scheme, and every value is quoted, because clients read it
 * with regular expressions (RS-08).
 *
 * @throws {TypeError} when a value cannot be quoted as it is
 */
export function challenge({
  scheme = 'Bearer',
  error,
  description,
  resourceMetadata,
  scopes = [],
  algorithms = [],
}: Challenge): string {
  const parameters = [
    ['error', error],
    ['error_description', description],
    ['resource_metadata', resourceMetadata],
    ['scope', scopes.length === 0 ? undefined : scopes.join(' ')],
    ['algs', algorithms.length === 0 ? undefined : algorithms.join(' ')],
  ] as const
  const written: string[] = []
  for (const [name, value] of parameters) {
    if (value === undefined) continue
    if (!quotable.test(value))
      throw new TypeError(`${name} must be printable ASCII without quotes and backslashes`)
    written.push(`${name}="${value}"`)
  }
  return `${scheme} ${written.join(', ')}`
}
