import type { IdentityProvider } from '@portico/provider'

import type { Resource, Settings } from '../settings.ts'

/** The providers whose users may sign in to `resource`, in the operator's order. */
export function allowedProviders(
  { providers }: Pick<Settings, 'providers'>,
  resource: Resource | undefined,
): readonly IdentityProvider[] {
  const allowed = resource?.providers
  return allowed ? providers.filter(({ id }) => allowed.includes(id)) : providers
}

/** The provider to go to without asking: the one that was named, the one of the e-mail domain, or the only one. */
export function obviousProvider(
  providers: readonly IdentityProvider[],
  { id, email }: { readonly id?: string | undefined; readonly email?: string | undefined },
): IdentityProvider | undefined {
  const named = providers.find((provider) => provider.id === id)
  if (named) return named
  return providerForEmail(providers, email) ?? (providers.length === 1 ? providers[0] : undefined)
}

/** Routing by e-mail domain: it chooses where to sign in, and proves nothing. */
export function providerForEmail(
  providers: readonly IdentityProvider[],
  email: string | undefined,
): IdentityProvider | undefined {
  const domain = /^[^\s@]+@([^\s@]+)$/.exec(email ?? '')?.[1]?.toLowerCase()
  if (domain === undefined) return undefined
  return providers.find(({ signIn }) => signIn.emailDomains?.some((each) => each.toLowerCase() === domain))
}
