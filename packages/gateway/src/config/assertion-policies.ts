import type { IdentityAssertionOptions } from '@portico/core'
import type { IdentityProvider } from '@portico/provider'

import type { AttachedRoute } from './attached-policies.ts'
import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import type { DeclaredPolicy } from './policies-file.ts'

/** What the `idJag` blocks of the sign-in policies amount to. */
export interface AssertionPolicies {
  readonly identityAssertions: readonly IdentityAssertionOptions[]
  readonly problems: readonly FileProblem[]
}

/**
 * Reads `idJag` of every sign-in policy: the assertions of its provider are taken for the routes that it is attached to,
 * from the clients that it names, for every user that may sign in there.
 *
 * @param statedElsewhere whether `authorizationServer.identityAssertions` says whose assertions are taken
 */
export function readAssertionPolicies(
  document: JsoncDocument,
  policies: readonly DeclaredPolicy[],
  providers: ReadonlyMap<string, IdentityProvider>,
  routes: readonly Pick<AttachedRoute, 'route' | 'signIn'>[],
  statedElsewhere: boolean,
): AssertionPolicies {
  const problems: FileProblem[] = []
  const identityAssertions: IdentityAssertionOptions[] = []
  for (const policy of policies) {
    const provider = providers.get(policy.name)
    if (!provider?.idJag?.enabled) continue
    if (statedElsewhere) {
      const message =
        'cannot be combined with "authorizationServer.identityAssertions": keep one of the two, which then says it for all providers.'
      problems.push(document.problemAt([...policy.path, 'handler', 'options', 'idJag'], message))
    }
    const { trustedIssuers = [] } = provider.idJag
    const clients = trustedIssuers.flatMap(({ expectedClientIds = [] }) => expectedClientIds)
    const resources = routes.flatMap(({ route, signIn }) =>
      signIn.includes(policy.name) ? [route.path] : [],
    )
    // Attached to nothing: that is reported as having no effect.
    if (clients.length === 0 || resources.length === 0) continue
    identityAssertions.push({ provider: provider.id, clients, resources, newUsers: 'create' })
  }
  return { identityAssertions, problems }
}
