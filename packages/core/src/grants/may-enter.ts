import { allowedProviders } from '../login/choose-provider.ts'
import type { GrantRecord } from '../records.ts'
import type { Settings } from '../settings.ts'

/** Whether who signed in for a grant could still do so: the operator may have closed the resource to their provider. */
export function mayEnter(
  settings: Pick<Settings, 'providers' | 'resources'>,
  { provider, resource }: Pick<GrantRecord, 'provider' | 'resource'>,
): boolean {
  if (provider === undefined) return true
  return allowedProviders(settings, settings.resources.get(resource)).some(({ id }) => id === provider)
}
