import type { IdentityAssertionOptions } from '@portico/core'
import type { IdentityProvider } from '@portico/provider'

import type { FileProblem, JsonPath } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import type { DeclaredPolicy } from './policies-file.ts'

/** What the `idJag` blocks of the sign-in policies amount to. */
export interface AssertionPolicies {
  readonly identityAssertions: readonly IdentityAssertionOptions[]
  readonly problems: readonly FileProblem[]
}

/** A route, as far as assertions depend on it. */
interface AssertedRoute {
  readonly path: string
  /** Names of the sign-in policies. */
  readonly signIn: readonly string[]
}

/**
 * Reads `idJag` of every sign-in policy: the assertions of its provider are taken for the routes that it is attached to,
 * from the clients that it names, for every user that may sign in there. What is wider than that is refused.
 *
 * @param statedElsewhere whether `authorizationServer.identityAssertions` says whose assertions are taken
 */
export function readAssertionPolicies(
  document: JsoncDocument,
  policies: readonly DeclaredPolicy[],
  providers: ReadonlyMap<string, IdentityProvider>,
  routes: readonly AssertedRoute[],
  statedElsewhere: boolean,
): AssertionPolicies {
  const problems: FileProblem[] = []
  const identityAssertions: IdentityAssertionOptions[] = []
  for (const policy of policies) {
    const provider = providers.get(policy.name)
    if (!provider?.idJag?.enabled) continue
    const path = [...policy.path, 'handler', 'options', 'idJag']
    const report = (place: JsonPath, message: string) =>
      problems.push(document.problemAt([...path, ...place], message))
    if (statedElsewhere) {
      report(
        [],
        'cannot be combined with "authorizationServer.identityAssertions": keep one of the two, which then says it for all providers.',
      )
    }
    const clients = trustedClients(provider, report)
    const resources = routes.filter(({ signIn }) => signIn.includes(policy.name)).map((route) => route.path)
    // Attached to nothing: that is reported as having no effect.
    if (clients.length === 0 || resources.length === 0) continue
    identityAssertions.push({ provider: provider.id, clients, resources, newUsers: 'create' })
  }
  return { identityAssertions, problems }
}

/** The clients that may present assertions of the provider; whatever cannot be granted is reported. */
function trustedClients(
  { oidc, idJag }: IdentityProvider,
  report: (place: JsonPath, message: string) => void,
): readonly string[] {
  if (!oidc) {
    report([], 'needs an OpenID provider, whose keys prove assertions: remove it.')
    return []
  }
  if ((idJag?.authorizationDetailsTypesAllowed ?? []).length > 0) {
    report(
      ['authorizationDetailsTypesAllowed'],
      'allows what is never granted: remove it. Assertions with authorization details are refused.',
    )
  }
  if (idJag?.trustedIssuers === undefined) {
    report(
      ['trustedIssuers'],
      'is missing: name the clients that may present assertions, as in [{ "expectedClientIds": ["agent"] }].',
    )
    return []
  }
  return idJag.trustedIssuers.flatMap(
    ({ issuer, jwksUrl, expectedClientIds = [], subjectMapping }, index) => {
      const at = ['trustedIssuers', index]
      if (issuer !== undefined && (issuer !== oidc.issuer || jwksUrl !== oidc.jwksUrl)) {
        report(
          [...at, issuer === oidc.issuer ? 'jwksUrl' : 'issuer'],
          'differs from that of the sign-in provider, whose users the assertions are about: leave out issuer and jwksUrl, or give that issuer a sign-in policy with idJag of its own.',
        )
      }
      if (expectedClientIds.length === 0) {
        report(
          [...at, 'expectedClientIds'],
          'must name the clients that may present assertions, e.g. ["agent"]: without it none may.',
        )
      }
      if (subjectMapping !== undefined && subjectMapping !== 'iss_prefix') {
        report(
          [...at, 'subjectMapping'],
          'must be "iss_prefix", or left out: an account is issuer and subject, as after a sign-in, so that no two people share one.',
        )
      }
      return expectedClientIds
    },
  )
}
