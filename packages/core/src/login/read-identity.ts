import { type Identity, IdentityError, type IdentityProvider, type Read } from '@portico/provider'
import { z } from 'zod'

import { UpstreamError } from '../oauth-error.ts'
import { checkSubject } from './id-token/check-claims.ts'

/** What an adapter may return, whatever the provider sent it: a group list of a wrong shape is no group list. */
const identitySchema = z.object({
  subject: z.string(),
  name: z.string().optional(),
  email: z.object({ address: z.string(), verified: z.boolean() }).optional(),
  groups: z.array(z.string()).optional(),
  roles: z.array(z.string()).optional(),
  organization: z.string().optional(),
  picture: z.string().optional(),
}) satisfies z.ZodType<Identity>

/**
 * What the adapter makes of claims that are proven, wherever they come from: a sign-in or an assertion.
 *
 * @throws {UpstreamError} `sign_in_refused`, `identity_invalid`, `id_token_subject_invalid`
 */
export async function readIdentity(
  provider: IdentityProvider,
  claims: Readonly<Record<string, unknown>>,
  read: Read,
): Promise<Identity> {
  let identity: Identity
  try {
    identity = identitySchema.parse(await provider.identify(claims, read))
  } catch (cause) {
    if (cause instanceof UpstreamError) throw cause
    if (cause instanceof IdentityError && cause.code === 'sign_in_refused') {
      throw new UpstreamError('sign_in_refused', `${provider.name}: ${cause.message}`, { cause })
    }
    throw new UpstreamError(
      'identity_invalid',
      `${provider.name}: the claims do not make an identity. Compare them with what the provider package expects.`,
      { cause },
    )
  }
  checkSubject(identity.subject)
  return identity
}
