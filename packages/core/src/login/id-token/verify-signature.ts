import type { IdentityProvider, OidcDerivation } from '@portico/provider'
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import { z } from 'zod'

import type { ProviderKey, ProviderKeys } from '../provider-keys.ts'
import { idTokenError } from './id-token-error.ts'

/** Claims whose signature is good; nothing else about them has been checked. */
export type SignedClaims = Readonly<Record<string, unknown>>

/** A token whose signature is good, and the key that made it. */
export interface SignedToken {
  readonly claims: SignedClaims
  readonly alg: string
  readonly key: ProviderKey
}

const headerSchema = z.object({ alg: z.string(), kid: z.string().optional() })
const payloadSchema = z.record(z.string(), z.unknown())
/** RFC 7516 §3.1; a signed token has three. */
const encryptedParts = 5
/** Without a `kid` every fitting key is tried, up to this many. */
const maximumKeys = 20

/**
 * Checks algorithm and signature: the algorithm by the provider's list, the key by the provider's key set and nothing the
 * token brings along (RFC 8725 §3.1, §3.10).
 *
 * @throws {UpstreamError}
 */
export async function verifySignature(
  provider: IdentityProvider,
  oidc: OidcDerivation,
  keys: ProviderKeys,
  idToken: string,
): Promise<SignedToken> {
  const { alg, kid } = parseHeader(idToken)
  if (idToken.split('.').length === encryptedParts) {
    throw idTokenError(
      'id_token_malformed',
      `${provider.name} encrypted the ID token, which Portico cannot read. ${hintFor(provider, alg) ?? 'Let the application there have signed ID tokens that are not encrypted.'}`,
    )
  }
  const allowed = (oidc.algorithms ?? ['RS256']).filter((name) => name !== 'none' && !name.startsWith('HS'))
  if (!allowed.includes(alg)) {
    throw idTokenError(
      'id_token_algorithm_not_allowed',
      `${provider.name} signed the ID token with ${JSON.stringify(alg)}; allowed is ${allowed.join(', ')}. ${remedyFor(provider, alg)}`,
    )
  }
  const source = { jwksUrl: oidc.jwksUrl, timeoutMs: provider.settings.remoteTimeoutMs }
  const candidates = await keys.find(source, { alg, kid })
  if (candidates.length === 0) {
    throw idTokenError(
      'id_token_key_unknown',
      `${oidc.jwksUrl} has no signature key for ${alg}${kid === undefined ? '' : ` with the key id ${JSON.stringify(kid)}`}.`,
    )
  }
  for (const candidate of candidates.slice(0, maximumKeys)) {
    const payload = await tryKey(idToken, candidate.jwk, alg)
    if (payload) return { claims: parsePayload(payload), alg, key: candidate }
  }
  throw idTokenError(
    'id_token_signature_invalid',
    `The signature of the ID token fits no key of ${oidc.jwksUrl}.`,
  )
}

function parseHeader(idToken: string): z.output<typeof headerSchema> {
  try {
    return headerSchema.parse(decodeProtectedHeader(idToken))
  } catch (cause) {
    throw idTokenError('id_token_malformed', 'The ID token is not a signed JWT.', cause)
  }
}

function parsePayload(payload: Uint8Array): SignedClaims {
  try {
    return payloadSchema.parse(JSON.parse(new TextDecoder().decode(payload)))
  } catch (cause) {
    throw idTokenError('id_token_malformed', 'The payload of the ID token is no JSON object.', cause)
  }
}

async function tryKey(idToken: string, jwk: JWK, alg: string): Promise<Uint8Array | undefined> {
  try {
    const { payload } = await compactVerify(idToken, await importJWK(jwk, alg), { algorithms: [alg] })
    return payload
  } catch {
    // A key that cannot be imported is as good as one that does not fit.
    return undefined
  }
}

function hintFor({ hints = [] }: IdentityProvider, alg: string): string | undefined {
  return hints.find(({ member, value }) => member === 'alg' && value === alg)?.remedy
}

function remedyFor(provider: IdentityProvider, alg: string): string {
  const hint = hintFor(provider, alg)
  if (hint !== undefined) return hint
  if (alg.startsWith('HS')) {
    return `Select an asymmetric signing key for this application at ${provider.name}: a shared secret proves nothing about the sender.`
  }
  if (alg === 'none') return 'An unsigned token is never accepted.'
  return 'If the provider is meant to use it, add it to "idTokenSigningAlgs".'
}
