import { IdentityError, standardClaims, standardIdentity, type Identity } from '@portico/provider'
import { z } from 'zod'

/** https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
export const entraClaims = standardClaims.extend({
  oid: z.string().min(1),
  tid: z.string().min(1),
  xms_edov: z.unknown().optional(),
  hasgroups: z.unknown().optional(),
  _claim_names: z.object({ groups: z.unknown() }).nullish().catch(undefined),
})

/**
 * `sub` differs per application, so `oid` identifies the user within the tenant that the issuer names. An address is
 * verified only if `xms_edov` says that the owner of its domain is known.
 *
 * @throws {IdentityError} when groups decide about signing in and Entra left them out of the token
 */
export function entraIdentity(claims: z.output<typeof entraClaims>, groupsDecide: boolean): Identity {
  const { oid, tid, email, xms_edov: ownerVerified, hasgroups, _claim_names } = claims
  const overage = hasgroups !== undefined || _claim_names?.groups !== undefined
  if (overage && groupsDecide) {
    throw new IdentityError(
      'sign_in_refused',
      'Entra left the groups out of the token because there are too many. Let it send only groups assigned to the application, or decide by app roles.',
    )
  }
  const verified = [true, 'true', 1, '1'].some((value) => value === ownerVerified)
  return {
    ...standardIdentity(claims),
    subject: oid,
    email: typeof email === 'string' ? { address: email, verified } : undefined,
    organization: tid,
  }
}
