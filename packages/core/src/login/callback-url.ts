import type { IdentityProvider } from '@portico/provider'

import type { Settings } from '../context.ts'

/**
 * Path of the callback below the base path. With one provider it is the `/callback` that every guide names; with
 * several each has its own, so that an answer of one can never pass for an answer of another (IDP-09).
 */
function callbackPath({ providers }: Pick<Settings, 'providers'>, provider: IdentityProvider): string {
  return providers.length === 1 ? '/callback' : `/callback/${provider.id}`
}

/** What is registered at the provider as redirect URI, and sent to it. */
export function callbackUrl(settings: Settings, provider: IdentityProvider): string {
  return settings.publicUrl + settings.basePath + callbackPath(settings, provider)
}
