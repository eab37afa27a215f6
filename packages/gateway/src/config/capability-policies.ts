import type { CapabilityOptions } from '../capability-options.ts'
import { capabilityProblems } from '../capability-problems.ts'
import { scopesOf } from '../route-rules.ts'
import type { AttachedRoute } from './attached-policies.ts'
import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { withoutClaims } from './membership-claims.ts'
import type { DeclaredPolicy } from './policies-file.ts'

/** What the capability filters of a file amount to. */
export interface CapabilityPolicies {
  /** Options by name of their policy. */
  readonly options: ReadonlyMap<string, CapabilityOptions>
  readonly problems: readonly FileProblem[]
}

/** Reads the options of `mcp-capability-filter-inbound`; which scopes they may name depends on the routes. */
export function readCapabilityPolicies(
  document: JsoncDocument,
  policies: readonly DeclaredPolicy[],
  routes: readonly Pick<AttachedRoute, 'route' | 'filter'>[],
): CapabilityPolicies {
  const options = new Map<string, CapabilityOptions>()
  const problems = new Map<string, FileProblem>()

  for (const policy of policies.filter(({ kind }) => kind.kind === 'capability-filter')) {
    const path = [...policy.path, 'handler', 'options']
    for (const { route } of routes.filter(({ filter }) => filter === policy.name)) {
      for (const problem of capabilityProblems(policy.options, scopesOf(route))) {
        const found = document.problemAt([...path, ...problem.path], problem.message)
        problems.set(`${found.path} ${found.message}`, found)
      }
    }
    const accepted = policy.options as CapabilityOptions
    const { accessControl } = accepted
    const named = typeof accessControl === 'object' ? { accessControl: withoutClaims(accessControl) } : {}
    options.set(policy.name, { ...accepted, ...named })
  }
  return { options, problems: [...problems.values()] }
}
