import { IdentityError, type Identity } from '@portico/provider'
import { z } from 'zod'

/** The token endpoint's answer: there is no ID token (workos-node, `authentication-response.interface.ts`). */
export const userManagementAnswer = z.object({
  user: z.object({
    id: z.string().min(1),
    email: z.string().min(1),
    email_verified: z.boolean().nullish(),
    first_name: z.string().nullish(),
    last_name: z.string().nullish(),
    profile_picture_url: z.string().nullish(),
  }),
  organization_id: z.string().nullish(),
  access_token: z.string(),
})

const accessTokenClaims = z.object({
  sub: z.string(),
  role: z.string().nullish(),
  roles: z.array(z.string()).nullish(),
})

/**
 * The user of an answer that came from WorkOS itself over TLS.
 *
 * @throws {IdentityError} when the access token is somebody else's or the organization is another one
 */
export function userManagementIdentity(
  { user, organization_id, access_token }: z.output<typeof userManagementAnswer>,
  requiredOrganization: string | undefined,
): Identity {
  const { sub, role, roles } = payloadOf(access_token)
  if (sub !== user.id) {
    throw new IdentityError(
      'invalid_claims',
      'WorkOS sent an access token of another user than the one it names',
    )
  }
  if (requiredOrganization !== undefined && organization_id !== requiredOrganization) {
    throw new IdentityError(
      'sign_in_refused',
      `Sign in as a member of the organization ${requiredOrganization}.`,
    )
  }
  const name = [user.first_name, user.last_name]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(' ')
  return {
    subject: user.id,
    name: name === '' ? undefined : name,
    email: { address: user.email, verified: user.email_verified === true },
    roles: roles ?? (typeof role === 'string' ? [role] : undefined),
    organization: organization_id ?? undefined,
    picture: user.profile_picture_url ?? undefined,
  }
}

function payloadOf(token: string): z.output<typeof accessTokenClaims> {
  try {
    const [, payload = ''] = token.split('.')
    return accessTokenClaims.parse(JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))))
  } catch (cause) {
    throw new IdentityError('invalid_claims', 'WorkOS sent an access token that is not a JWT of a user', {
      cause,
    })
  }
}
