import { type CapabilityCatalog, capabilityCatalog } from './capability-catalog.ts'
import {
  type CapabilityEntry,
  type CapabilityKind,
  type CapabilityRules,
  capabilityKinds,
  type Principal,
} from './capability-rules.ts'
import { type Arguments, compileRule, rememberedForms, type Question } from './compiled-rule.ts'
import { includedScopes } from './included-scopes.ts'
import { uriForms } from './uri-forms.ts'
import { uriTemplate } from './uri-template.ts'

/** What a caller may do with a capability. */
export type Access =
  | { readonly outcome: 'allowed' }
  /** To this caller it does not exist. */
  | { readonly outcome: 'hidden' }
  /** It may be called, but not with these arguments. */
  | { readonly outcome: 'arguments' }
  /** With these scopes it would be allowed: all that it needs, those that the caller has included (SCOPE-05). */
  | { readonly outcome: 'scope'; readonly scopes: readonly string[] }

/** One rule set, asked for lists, for calls and for reports: there is no other place that decides. */
export interface CapabilityAccess {
  /** Names and ids of the entries of a kind; undefined where the upstream's own pass. */
  catalog(kind: CapabilityKind): CapabilityCatalog | undefined
  /** Whether anything says something about the kind: if not, all of it is allowed to everybody. */
  governs(kind: CapabilityKind): boolean
  /** Whether the kind may be answered differently for different callers. */
  readonly dependsOnCaller: boolean
  /**
   * @param id the upstream's name, URI or URI template
   * @param args of a call; without them the question is whether any arguments would do
   */
  decide(kind: CapabilityKind, id: string, principal: Principal, args?: Arguments): Access
  /** A read names one resource: one that is listed, or one that a listed template makes. */
  decideRead(uri: string, principal: Principal): Access
  /** Whether a rule looks at the arguments of the caller's calls. */
  dependsOnArguments(kind: CapabilityKind, id: string, principal: Principal): boolean
  /** Whether a list shows it: what can be called, and with `listBeyondScopes` what a scope would open. */
  isListed(kind: CapabilityKind, id: string, principal: Principal): boolean
}

/** Longer than any name or URI of a capability. */
const maxIdLength = 4096

/** Compiles the rules once. Pure: the same question always has the same answer. */
export function capabilityAccess(rules: CapabilityRules): CapabilityAccess {
  const compiled = (rules.rules ?? []).map(compileRule)
  const allowing = compiled.filter(({ effect }) => effect === 'allow')
  const denying = compiled.filter(({ effect }) => effect === 'deny')
  const catalogs = new Map(
    capabilityKinds.flatMap((kind) => {
      const entries = rules[kind]
      return entries === undefined ? [] : [[kind, capabilityCatalog(kind, entries)] as const]
    }),
  )
  const closed = new Set(capabilityKinds.filter((kind) => allowing.some((rule) => rule.concerns(kind))))
  const denied = new Set(capabilityKinds.filter((kind) => denying.some((rule) => rule.concerns(kind))))
  const templates = (rules.resourceTemplates ?? [])
    .filter(({ isPattern }) => isPattern !== true)
    .map(({ id }) => ({ id, matches: uriTemplate(id) }))

  const formsOf = rememberedForms()
  const governs = (kind: CapabilityKind) => catalogs.has(kind) || closed.has(kind) || denied.has(kind)
  const withIncluded = (principal: Principal, more: readonly string[] = []): Principal =>
    rules.scopeIncludes === undefined && more.length === 0
      ? principal
      : { ...principal, scopes: includedScopes([...principal.scopes, ...more], rules.scopeIncludes) }
  const ask = (kind: CapabilityKind, id: string, principal: Principal, args: Arguments): Question => {
    return { kind, id, forms: denied.has(kind) ? formsOf(kind, id) : [], principal, args }
  }

  const entryOpens = (entry: CapabilityEntry, principal: Principal) =>
    (entry.scopes ?? []).every((scope) => principal.scopes.includes(scope)) &&
    (rules.byMembership !== true || isMember(entry, principal))
  const isDenied = (question: Question) => denying.some((rule) => rule.applies(question))
  const permits = (question: Question): boolean => {
    const { kind, id, principal } = question
    if (id.length > maxIdLength) return !governs(kind)
    const entries = catalogs.get(kind)?.entriesFor(id)
    if (entries !== undefined && !entries.some((entry) => entryOpens(entry, principal))) return false
    if (closed.has(kind) && !allowing.some((rule) => rule.applies(question))) return false
    return !isDenied(question)
  }

  /** The smallest of the sets of scopes that rules speak of with which the answer would be yes. */
  const helpfulScopes = (question: Question): readonly string[] | undefined => {
    const { kind, id, principal } = question
    const named = compiled.filter((rule) => rule.names(question))
    const ofEntries = (catalogs.get(kind)?.entriesFor(id) ?? []).map(({ scopes = [] }) => scopes)
    const ofAllowing = named.filter(({ effect }) => effect === 'allow').map(({ scopes }) => scopes)
    const ofDenying = named.filter(({ effect }) => effect === 'deny').flatMap(({ scopesOut }) => scopesOut)
    const lacking = (scopes: readonly string[]) =>
      scopes.filter((scope) => !principal.scopes.includes(scope)).length
    return orNone(ofEntries)
      .flatMap((entry) => orNone(ofAllowing).map((rule) => [...entry, ...rule]))
      .flatMap((scopes) => [scopes, [...scopes, ...ofDenying]])
      .map((scopes) => [...new Set(scopes)])
      .filter((scopes) => permits({ ...question, principal: withIncluded(principal, scopes) }))
      .toSorted((first, second) => lacking(first) - lacking(second))[0]
  }

  const decide = (kind: CapabilityKind, id: string, asked: Principal, args?: Arguments): Access => {
    if (!governs(kind)) return { outcome: 'allowed' }
    const question = ask(kind, id, withIncluded(asked), args)
    if (permits(question)) return { outcome: 'allowed' }
    const scopes = helpfulScopes(question)
    if (scopes !== undefined) return { outcome: 'scope', scopes }
    return {
      outcome: args !== undefined && permits({ ...question, args: undefined }) ? 'arguments' : 'hidden',
    }
  }

  return {
    catalog: (kind) => catalogs.get(kind),
    governs,
    dependsOnCaller: dependsOnCaller(rules),
    decide,
    decideRead(uri, principal) {
      const direct = decide('resources', uri, principal)
      if (direct.outcome === 'allowed' || !catalogs.has('resources')) return direct
      if (isDenied(ask('resources', uri, withIncluded(principal), undefined))) return direct
      // H01: in every form in which an upstream may read the URI.
      const forms = uriForms(uri)
      const made = templates
        .filter(({ matches }) => forms.every(matches))
        .map(({ id }) => decide('resourceTemplates', id, principal))
      const found = (outcome: Access['outcome']) => made.find((access) => access.outcome === outcome)
      return found('allowed') ?? found('scope') ?? direct
    },
    dependsOnArguments(kind, id, principal) {
      const question = ask(kind, id, withIncluded(principal), undefined)
      return compiled.some((rule) => rule.looksAtArguments(question))
    },
    isListed(kind, id, principal) {
      if (!governs(kind)) return true
      if (rules.listBeyondScopes !== true) return permits(ask(kind, id, withIncluded(principal), undefined))
      const { outcome } = decide(kind, id, principal)
      return outcome === 'allowed' || outcome === 'scope'
    },
  }
}

const orNone = (sets: readonly (readonly string[])[]) => (sets.length === 0 ? [[]] : sets)

/** R184: one of the roles or one of the groups; without either it is nobody's. */
function isMember(
  { public: isPublic, roles = [], groups = [] }: CapabilityEntry,
  principal: Principal,
): boolean {
  return (
    isPublic === true ||
    roles.some((role) => principal.roles.includes(role)) ||
    groups.some((group) => principal.groups.includes(group))
  )
}

function dependsOnCaller(rules: CapabilityRules): boolean {
  const entries = capabilityKinds.flatMap((kind) => rules[kind] ?? [])
  return (
    rules.byMembership === true ||
    entries.some(({ scopes }) => scopes !== undefined) ||
    (rules.rules ?? []).some(
      ({ scopes, groups, roles, users, clients, unless }) =>
        (scopes ?? groups ?? roles ?? users ?? clients ?? unless) !== undefined,
    )
  )
}
