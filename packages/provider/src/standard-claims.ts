import { z } from 'zod'

import type { Identity } from './contract.ts'

/** `true`, or the string some providers send instead; everything else, absence included, is not verified. */
export const verifiedFlag = z
  .unknown()
  .default(false)
  .transform((value) => value === true || value === 'true')

const lenientText = z.string().min(1).nullish().catch(undefined)
const lenientList = z.array(z.string()).nullish().catch(undefined)

/**
 * The claims of OpenID Connect Core §5.1 that Portico reads, and the two names under which most providers that have
 * groups or roles put them. Only `sub` is indispensable: a strange picture must not keep a user out.
 */
export const standardClaims = z.object({
  sub: z.string().regex(/^[\x20-\x7e]{1,255}$/),
  name: lenientText,
  preferred_username: lenientText,
  email: lenientText,
  email_verified: verifiedFlag,
  picture: lenientText,
  groups: lenientList,
  roles: lenientList,
})

/** Who the standard claims speak of. */
export function standardIdentity(claims: z.output<typeof standardClaims>): Identity {
  const { email } = claims
  return {
    subject: claims.sub,
    name: claims.name ?? claims.preferred_username ?? undefined,
    email: typeof email === 'string' ? { address: email, verified: claims.email_verified } : undefined,
    groups: claims.groups ?? undefined,
    roles: claims.roles ?? undefined,
    picture: claims.picture ?? undefined,
  }
}
