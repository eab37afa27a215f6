import type { JWTPayload } from 'jose'
import { createLocalJWKSet, errors, jwtVerify } from 'jose'
import { z } from 'zod'

import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord } from '../records.ts'
import { records } from '../records.ts'
import type { Settings } from '../settings.ts'
import { assertionAlgorithms } from './assertion-algorithms.ts'

/** An assertion is made for one request: one that is valid for longer is a secret lying around. */
const maxLifetimeSeconds = 3600
const clockSkewSeconds = 30

const claimsSchema = z.object({
  exp: z.number(),
  jti: z.string().min(1).max(512),
  aud: z.union([z.string(), z.array(z.string()).min(1)]),
})

/**
 * RFC 7523 §3: proves that `assertion` was signed by the client, for this server, and was not used before.
 *
 * @throws {OAuthError} `invalid_client`
 */
export async function verifyClientAssertion(
  context: Context,
  client: ClientRecord,
  assertion: string,
): Promise<void> {
  const claims = claimsSchema.safeParse(await verifySignature(context, client, assertion))
  if (!claims.success) throw refused('The client assertion must have exp, jti and aud.')
  const { exp, jti, aud } = claims.data
  if (exp > context.now() + maxLifetimeSeconds + clockSkewSeconds) {
    throw refused('The client assertion is valid for too long: one hour at most.')
  }
  const audiences = acceptedAudiences(context.settings)
  // One that names others too could be used by them against us.
  if (![aud].flat().every((audience) => audiences.has(audience))) {
    throw refused('The client assertion is for another audience: use the issuer or the token endpoint.')
  }
  // Over all nodes: the storage lets exactly one through. Its failure is ours to report, never a pass.
  const first = await records(context.storage, 'assertion').set(
    sha256Text(JSON.stringify([client.clientId, jti])),
    { usedAt: context.now() },
    { expiresAt: exp + clockSkewSeconds + 1, when: 'absent' },
  )
  if (!first) throw refused('The client assertion was used before.')
}

async function verifySignature(
  context: Context,
  client: ClientRecord,
  assertion: string,
): Promise<JWTPayload> {
  const options = {
    algorithms: [...assertionAlgorithms],
    issuer: client.clientId,
    subject: client.clientId,
    clockTolerance: clockSkewSeconds,
    currentDate: new Date(context.now() * 1000),
  }
  const verifyWith = async (keys: ReturnType<typeof createLocalJWKSet>): Promise<JWTPayload> => {
    try {
      return (await jwtVerify(assertion, keys, options)).payload
    } catch (error) {
      // A key that cannot be imported: each runtime says it by errors of its own.
      if (!(error instanceof errors.JOSEError)) throw new errors.JWKInvalid(undefined, { cause: error })
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error
      // Without a `kid` any key of the set may have signed.
      for await (const key of error) {
        const verified = await jwtVerify(assertion, key, options).catch(() => undefined)
        if (verified) return verified.payload
      }
      throw new errors.JWSSignatureVerificationFailed()
    }
  }

  try {
    if (client.jwks) return await verifyWith(createLocalJWKSet(client.jwks))
    if (client.jwksUri === undefined) throw refused('The client has no keys.')
    try {
      return await verifyWith(await context.clientKeys.get(client.jwksUri))
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      // Perhaps the client has just published a new key.
      return await verifyWith(await context.clientKeys.refetch(client.jwksUri))
    }
  } catch (error) {
    if (error instanceof errors.JOSEError) throw refused('The client assertion is not valid.', error)
    throw error
  }
}

/** DEC-07: the issuer the client talks to, or the token endpoint. */
function acceptedAudiences(settings: Settings): ReadonlySet<string> {
  const issuers = [...settings.resources.values()].map((resource) => resource.issuer)
  return new Set([
    settings.publicUrl,
    ...issuers,
    endpointUrl(settings, '/token'),
    `${settings.publicUrl}/token`,
  ])
}

function refused(message: string, cause?: unknown): OAuthError {
  return new OAuthError('invalid_client', message, { cause })
}
