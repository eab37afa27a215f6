import { BoundedMap } from '../bounded-map.ts'
import { argumentCondition } from './argument-condition.ts'
import { openingPattern } from './capability-catalog.ts'
import type { CapabilityKind, CapabilityRule, Principal, Who } from './capability-rules.ts'
import { folded } from './folded.ts'
import { uriForms } from './uri-forms.ts'
import { wildcard } from './wildcard.ts'

/** The arguments of a call; undefined where the question is whether any would do. */
export type Arguments = { readonly given: unknown } | undefined

/** What is asked: may this caller use this capability in this way. */
export interface Question {
  readonly kind: CapabilityKind
  readonly id: string
  /** Whatever an upstream may take the id for. */
  readonly forms: readonly string[]
  readonly principal: Principal
  readonly args: Arguments
}

/** A rule whose patterns have been read. */
export interface CompiledRule {
  readonly effect: CapabilityRule['effect']
  /** Needed by the rule, and to be out of it. */
  readonly scopes: readonly string[]
  readonly scopesOut: readonly string[]
  concerns(kind: CapabilityKind): boolean
  /** Whether the rule speaks of the capability: one that allows of its very id, one that denies of all its forms. */
  names(question: Question): boolean
  /** Whether the rule holds for the question as a whole. */
  applies(question: Question): boolean
  /** Whether it looks at the arguments of such a call. */
  looksAtArguments(question: Question): boolean
}

/** Compiles one rule. */
export function compileRule(rule: CapabilityRule): CompiledRule {
  const isDenial = rule.effect === 'deny'
  const compile = (kind: CapabilityKind) =>
    (rule[kind] ?? []).map((pattern) =>
      isDenial ? wildcard(folded(pattern)) : openingPattern(kind, pattern),
    )
  const patterns: Record<CapabilityKind, readonly ((id: string) => boolean)[]> = {
    tools: compile('tools'),
    prompts: compile('prompts'),
    resources: compile('resources'),
    resourceTemplates: compile('resourceTemplates'),
  }
  const isMeant = compileWho(rule)
  const isExcepted = rule.unless === undefined ? () => false : compileWho(rule.unless)
  const condition = rule.arguments === undefined ? undefined : argumentCondition(rule.arguments)
  const names = ({ kind, id, forms }: Question) =>
    patterns[kind].some((matches) => (isDenial ? forms.some(matches) : matches(id)))
  const judges = (args: Arguments) => {
    if (condition === undefined) return true
    if (args === undefined) return !isDenial
    return isDenial ? condition.concerns(args.given) : condition.allows(args.given)
  }
  const concernsCaller = (question: Question) =>
    names(question) && isMeant(question.principal) && !isExcepted(question.principal)
  return {
    effect: rule.effect,
    scopes: rule.scopes ?? [],
    scopesOut: rule.unless?.scopes ?? [],
    concerns: (kind) => rule[kind] !== undefined,
    names,
    applies: (question) => concernsCaller(question) && judges(question.args),
    looksAtArguments: (question) => condition !== undefined && concernsCaller(question),
  }
}

/** What a rule that denies compares: whatever an upstream may take an id for. */
export const formsOf = (kind: CapabilityKind, id: string): readonly string[] =>
  (kind === 'resources' ? uriForms(id) : [id]).map(folded)

const maxRemembered = 8192
const maxRememberedLength = 256

/** The same, remembered for ids of usual length: those of a list come again and again. */
export function rememberedForms(): typeof formsOf {
  const known = new BoundedMap<string, readonly string[]>(maxRemembered)
  return (kind, id) => {
    if (kind === 'resources' || id.length > maxRememberedLength) return formsOf(kind, id)
    const forms = known.get(id) ?? formsOf(kind, id)
    known.set(id, forms)
    return forms
  }
}

/** Every condition that is there must hold. */
function compileWho({ scopes, groups, roles, users, clients }: Who): (principal: Principal) => boolean {
  const conditions: ((principal: Principal) => boolean)[] = []
  const isOneOf = (
    wanted: readonly string[] | undefined,
    of: (principal: Principal) => readonly string[],
  ) => {
    if (wanted !== undefined)
      conditions.push((principal) => of(principal).some((name) => wanted.includes(name)))
  }
  if (scopes !== undefined) {
    conditions.push((principal) => scopes.every((scope) => principal.scopes.includes(scope)))
  }
  isOneOf(groups, (principal) => principal.groups)
  isOneOf(roles, (principal) => principal.roles)
  isOneOf(users, (principal) => principal.users)
  if (clients !== undefined) {
    const patterns = clients.map(wildcard)
    conditions.push(({ client }) => patterns.some((matches) => matches(client)))
  }
  return (principal) => conditions.every((holds) => holds(principal))
}
