import type { IdentityProvider } from '@portico/provider'

import type { Settings } from '../settings.ts'

/**
 * What is registered at the provider as redirect URI, and sent to it. With one provider it ends in the `/callback` that
 * every guide names; with several each has its own, so that an answer of one can never pass for an answer of another
 * (IDP-09).
 */
export function callbackUrl(
  { publicUrl, basePath, providers }: Settings,
  provider: IdentityProvider,
): string {
  const callback = `${publicUrl}${basePath}/callback`
  return providers.length === 1 ? callback : `${callback}/${provider.id}`
}
