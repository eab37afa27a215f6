import { type CapabilityKind, capabilityKinds } from '@portico/mcp'

import {
  capabilityEntry,
  capabilityOptions,
  type CapabilityOptions,
  idMembers,
} from './capability-options.ts'
import { type SchemaIssue, schemaIssues } from './config/schema-issues.ts'

/**
 * Every mistake in the options of a capability filter.
 *
 * @param routeScopes what tokens of the route can have; a scope that nobody can get would be asked for in vain (SCOPE-10)
 */
export function capabilityProblems(options: unknown, routeScopes: readonly string[]): readonly SchemaIssue[] {
  const parsed = capabilityOptions.safeParse(options)
  if (!parsed.success) return schemaIssues(parsed.error, knownMembers)
  return [
    ...capabilityKinds.flatMap((kind) => entryProblems(kind, parsed.data)),
    ...ruleProblems(parsed.data),
    ...scopeProblems(parsed.data, routeScopes),
  ]
}

/** Members at any depth, for proposals. */
const knownMembers = Object.keys(capabilityOptions.shape).concat(
  ['name', 'uri', 'uriTemplate', 'pattern', 'rename', 'description', 'annotations', '_meta', 'mimeType'],
  ['roles', 'groups', 'public', 'scopes', 'users', 'clients', 'effect', 'arguments', 'unless'],
  ['mode', 'roleClaim', 'groupClaim', 'identifier', 'ignore'],
)

function entryProblems(kind: CapabilityKind, options: CapabilityOptions): readonly SchemaIssue[] {
  const problems: SchemaIssue[] = []
  const byMembership = options.accessControl?.mode === 'rolesAndGroups'
  const ids = new Set<string>()
  const names = new Map<string, string>()
  for (const [index, entry] of (options[kind] ?? []).entries()) {
    const report = (message: string, ...place: readonly string[]) =>
      problems.push({ path: [kind, index, ...place], message })
    const member = idMembers[kind]
    if (typeof entry !== 'string') {
      const named = (entry as Readonly<Record<string, unknown>>)[member]
      const isPattern = entry.pattern !== undefined
      if (named === undefined && !isPattern) {
        report(`has neither "${member}" nor "pattern": say what it is about.`)
        continue
      }
      // Of a resource, `name` is a projection, which may stand beside a pattern.
      if (named !== undefined && isPattern)
        report(`cannot be combined with "${member}": keep one of the two.`, 'pattern')
      if (isPattern && 'rename' in entry)
        report('cannot be combined with "pattern": name the one to rename.', 'rename')
      const hasMembers = entry.roles !== undefined || entry.groups !== undefined
      if (entry.public !== undefined && hasMembers) {
        report('contradicts roles and groups: keep either "public", or the roles and groups.', 'public')
      }
      for (const markup of ['roles', 'groups', 'public'] as const) {
        if (entry[markup] !== undefined && !byMembership) {
          report('has no effect: set "accessControl": { "mode": "rolesAndGroups" }, or remove it.', markup)
        }
      }
    }
    const { id, rename } = capabilityEntry(kind, entry)
    if (ids.has(id)) report(`"${id}" is listed twice: keep one of the two.`)
    ids.add(id)
    const shown = rename ?? id
    const taken = names.get(shown)
    if (rename !== undefined && taken !== undefined) report(`"${shown}" is the name of "${taken}".`, 'rename')
    else if (taken !== undefined && taken !== id)
      report(`is the name that "${taken}" has been given: rename one of the two.`)
    names.set(shown, id)
  }
  return problems
}

function ruleProblems({ rules = [] }: CapabilityOptions): readonly SchemaIssue[] {
  const problems: SchemaIssue[] = []
  for (const [index, rule] of rules.entries()) {
    const report = (message: string, ...place: readonly string[]) =>
      problems.push({ path: ['rules', index, ...place], message })
    if (capabilityKinds.every((kind) => rule[kind] === undefined)) {
      report('is about nothing: name tools, prompts, resources or resourceTemplates.')
    }
    if (rule.arguments !== undefined && (rule.resources ?? rule.resourceTemplates) !== undefined) {
      report('concerns tools and prompts alone: make the rest a rule of its own.', 'arguments')
    }
    if (rule.unless !== undefined && Object.values(rule.unless).every((value) => value === undefined)) {
      report('excepts nobody: name groups, roles, users, clients or scopes, or remove it.', 'unless')
    }
  }
  return problems
}

function scopeProblems(options: CapabilityOptions, routeScopes: readonly string[]): readonly SchemaIssue[] {
  const problems: SchemaIssue[] = []
  const check = (scopes: readonly string[] = [], ...path: readonly (string | number)[]) => {
    for (const [index, scope] of scopes.entries()) {
      if (routeScopes.includes(scope)) continue
      problems.push({
        path: [...path, index],
        message: `"${scope}" is not a scope of the route, so no token could have it: add it to "scopes" of the route.`,
      })
    }
  }
  for (const kind of capabilityKinds) {
    for (const [index, entry] of (options[kind] ?? []).entries()) {
      if (typeof entry !== 'string') check(entry.scopes, kind, index, 'scopes')
    }
  }
  for (const [index, rule] of (options.rules ?? []).entries()) {
    check(rule.scopes, 'rules', index, 'scopes')
    check(rule.unless?.scopes, 'rules', index, 'unless', 'scopes')
  }
  for (const [scope, included] of Object.entries(options.scopeIncludes ?? {})) {
    check([scope], 'scopeIncludes')
    check(included, 'scopeIncludes', scope)
  }
  return problems
}
