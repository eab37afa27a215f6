import type { IdentityProvider, Report } from '@portico/provider'

import type { IdentityAssertionOptions } from './options.ts'
import { resourceAt } from './resource-settings.ts'
import type { AssertionTrust, Resource } from './settings.ts'

/**
 * R074: what providers say of themselves, as in the reference configuration, where the operator says nothing of them. Their
 * assertions are taken for every resource that their users may sign in to.
 */
export function assertionsOfProviders(
  providers: readonly IdentityProvider[],
  stated: readonly IdentityAssertionOptions[],
): readonly IdentityAssertionOptions[] {
  return providers.flatMap(({ id, idJag }) => {
    if (!idJag?.enabled || stated.some(({ provider }) => provider === id)) return []
    const clients = (idJag.trustedIssuers ?? []).flatMap(({ expectedClientIds = [] }) => expectedClientIds)
    return clients.length === 0 ? [] : [{ provider: id, clients, newUsers: 'create' as const }]
  })
}

/** Whom the operator lets decide for their users (EMA-01). */
export function parseIdentityAssertions(
  options: readonly IdentityAssertionOptions[],
  { providers, resources }: { providers: readonly IdentityProvider[]; resources: readonly Resource[] },
  report: Report,
): AssertionTrust[] {
  return options.map(({ provider: id, clients, resources: paths, newUsers = 'refuse' }, index) => {
    const at = `identityAssertions[${index}]`
    const provider = providers.find((each) => each.id === id)
    if (!provider?.oidc) {
      report(
        `${at}.provider`,
        `has "${id}", which is not the id of an OpenID provider`,
        'Name one of "providers".',
      )
    }
    if (options.findIndex((each) => each.provider === id) !== index) {
      report(`${at}.provider`, `has "${id}" twice`, 'Merge the two.')
    }
    const urls = paths?.map((path) => resourceAt(resources, `${at}.resources`, path, report))
    return {
      provider: id,
      clients: new Set(clients),
      ...(urls && { resources: new Set(urls) }),
      mayCreateUsers: newUsers === 'create',
    }
  })
}
