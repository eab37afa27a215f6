import { z } from 'zod'

import type { FileProblem, JsonPath } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { nearestName } from './nearest-name.ts'
import { policyKindOf, unknownPolicyType } from './policy-kinds.ts'
import type { PolicyKind } from './policy-kinds.ts'
import { resolveEnvironment } from './resolve-environment.ts'
import type { Environment } from './resolve-environment.ts'
import { expects, schemaProblems } from './schema-problems.ts'

const policySchema = z.strictObject(
  {
    name: z.string(expects('the name that routes attach the policy by')).min(1, 'must not be empty.'),
    policyType: z.string(expects('a policy type, e.g. "mcp-logto-oauth-inbound"')),
    handler: z.strictObject(
      {
        module: z.string(expects('a module, e.g. "$import(@portico/logto)"')),
        export: z.string(expects('the name of the module\'s export, e.g. "logto"')),
        options: z.record(z.string(), z.unknown(), expects('an object')).default({}),
      },
      expects('an object with module, export and options'),
    ),
  },
  expects('an object with name, policyType and handler'),
)

/** One entry of the policies file, its variables resolved. */
export interface DeclaredPolicy {
  readonly name: string
  readonly policyType: string
  readonly kind: PolicyKind
  readonly module: string
  readonly export: string
  readonly options: Readonly<Record<string, unknown>>
  /** Where it stands in the file. */
  readonly path: JsonPath
  /** Paths below `handler.options` whose variables could not be resolved: reported already. */
  readonly unresolved: readonly JsonPath[]
}

export interface PoliciesFile {
  readonly policies: ReadonlyMap<string, DeclaredPolicy>
  /** Names of entries that were reported as unusable: a route that attaches one is not wrong as well. */
  readonly rejected: ReadonlySet<string>
  readonly problems: readonly FileProblem[]
}

/**
 * Reads `{ "policies": […] }`, a bare array, or a single policy.
 *
 * @param providerIds providers that are known to exist, for proposals
 */
export function readPoliciesFile(
  document: JsoncDocument,
  environment: Environment,
  providerIds: readonly string[],
): PoliciesFile {
  const problems: FileProblem[] = []
  const policies = new Map<string, DeclaredPolicy>()
  const rejected = new Set<string>()

  for (const [path, value] of entriesOf(document, problems)) {
    const unresolved: JsonPath[] = []
    const resolved = resolveEnvironment(
      value,
      environment,
      (place, message) => {
        unresolved.push(place)
        problems.push(document.problemAt(place, message))
      },
      path,
    )
    const parsed = policySchema.safeParse(resolved)
    if (!parsed.success) {
      problems.push(...schemaProblems(document, path, parsed.error, ['name', 'policyType', 'handler']))
      const name: unknown = (value as { name?: unknown } | null)?.name
      if (typeof name === 'string') rejected.add(name)
      continue
    }
    const { name, policyType, handler } = parsed.data
    const kind = policyKindOf(policyType)
    if (policies.has(name) || rejected.has(name)) {
      problems.push(
        document.problemAt([...path, 'name'], `"${name}" is declared twice: rename one of the two.`),
      )
      continue
    }
    if (!kind) {
      problems.push(document.problemAt([...path, 'policyType'], unknownPolicyType(policyType, providerIds)))
      rejected.add(name)
      continue
    }
    policies.set(name, { name, policyType, kind, ...handler, path, unresolved })
  }
  return { policies, rejected, problems }
}

/** `corsPolicies` belongs to other products' routes; MCP routes answer CORS by themselves. */
const fileMembers: ReadonlySet<string> = new Set([
  'policies',
  'authorizationServer',
  'gateway',
  'corsPolicies',
])

function entriesOf(document: JsoncDocument, problems: FileProblem[]): (readonly [JsonPath, unknown])[] {
  const { value } = document
  if (Array.isArray(value)) return value.map((entry, index) => [[index], entry] as const)
  if (typeof value !== 'object' || value === null) {
    problems.push(
      document.problemAt([], 'must hold an object with "policies", an array of policies, or one policy.'),
    )
    return []
  }
  if (!('policies' in value)) return [[[], value]]
  for (const name of Object.keys(value).filter((each) => !fileMembers.has(each) && !each.startsWith('$'))) {
    const meant = nearestName(name, [...fileMembers])
    const remedy = meant === undefined ? `Use ${[...fileMembers].join(', ')}.` : `Did you mean "${meant}"?`
    problems.push(document.problemAt([name], `is nothing that this file may hold. ${remedy}`))
  }
  if (Array.isArray(value.policies)) {
    return value.policies.map((entry, index) => [['policies', index], entry] as const)
  }
  problems.push(document.problemAt(['policies'], 'must be an array of policies.'))
  return []
}
