import type { IdentityProvider } from '@portico/provider'

import type { Settings } from '../settings.ts'

/** Whether tokens of this provider are needed behind any resource: else none is kept (IDP-13). */
export function keepsTokensOf(
  { providerTokens, resources }: Pick<Settings, 'providerTokens' | 'resources'>,
  { id }: Pick<IdentityProvider, 'id'>,
): boolean {
  return [...providerTokens].some((url) => resources.get(url)?.providers?.includes(id) ?? true)
}
