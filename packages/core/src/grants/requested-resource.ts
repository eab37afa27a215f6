import type { Context } from '../context.ts'
import type { FormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'
import { findResource } from '../resource-url.ts'
import type { Resource } from '../settings.ts'

/**
 * AS-59: the token request may repeat the granted resource, in any spelling of AS-32, or name none. Anything else is
 * refused before a code is redeemed or a token rotated.
 *
 * @throws {OAuthError} `invalid_target`; `invalid_grant` when the resource itself is gone
 */
export function requireGrantedResource(
  context: Context,
  parameters: FormParameters,
  granted: string,
): Resource {
  const resource = context.settings.resources.get(granted)
  // Signing in again is what helps then, and what `invalid_grant` makes a client do.
  if (!resource) throw new OAuthError('invalid_grant', 'The resource of this grant does not exist any more.')
  for (const requested of parameters.resources) {
    if (findResource(context.settings, requested) !== resource) {
      throw new OAuthError('invalid_target', 'resource must be the one the user allowed, or be left out.')
    }
  }
  return resource
}
