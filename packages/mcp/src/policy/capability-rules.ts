/** What an MCP server offers, by the members of its lists. */
export type CapabilityKind = 'tools' | 'prompts' | 'resources' | 'resourceTemplates'

/** What an MCP server offers, by the names that rules call it. */
export const capabilityKinds: readonly CapabilityKind[] = [
  'tools',
  'prompts',
  'resources',
  'resourceTemplates',
]

/** Who asks, as rules see it. */
export interface Principal {
  /** The subject, and what else names the user for sure, e.g. a verified address. */
  readonly users: readonly string[]
  readonly client: string
  readonly scopes: readonly string[]
  readonly groups: readonly string[]
  readonly roles: readonly string[]
}

/** Conditions on who asks: every member that is there must hold. */
export interface Who {
  /** All of them. */
  readonly scopes?: readonly string[] | undefined
  /** One of them, like the rest. */
  readonly groups?: readonly string[] | undefined
  readonly roles?: readonly string[] | undefined
  readonly users?: readonly string[] | undefined
  /** Client ids; patterns. */
  readonly clients?: readonly string[] | undefined
}

/** Opens or closes capabilities. A rule that denies wins over every one that allows. */
export interface CapabilityRule extends Who, Partial<Record<CapabilityKind, readonly string[] | undefined>> {
  readonly effect: 'allow' | 'deny'
  /** Values that arguments of a call may have to have, by dotted path; texts are patterns. */
  readonly arguments?: Readonly<Record<string, readonly (string | number | boolean)[]>> | undefined
  /** The rule does not concern these callers. */
  readonly unless?: Who | undefined
}

/** One capability of a catalog, or several by a pattern. */
export interface CapabilityEntry {
  /** The upstream's name, URI or URI template; with `isPattern`, `*` is any run of characters. */
  readonly id: string
  readonly isPattern?: boolean | undefined
  /** The name under which clients see it; tools and prompts alone. */
  readonly rename?: string | undefined
  /** Members that replace the upstream's own; objects are merged. */
  readonly projection?: Readonly<Record<string, unknown>> | undefined
  /** All of them are needed. */
  readonly scopes?: readonly string[] | undefined
  /** With `byMembership`: users who have one of the roles or are in one of the groups. */
  readonly roles?: readonly string[] | undefined
  readonly groups?: readonly string[] | undefined
  /** With `byMembership`: everybody. */
  readonly public?: boolean | undefined
}

/** Everything that decides who may see and use what on one route. */
export interface CapabilityRules extends Partial<
  Record<CapabilityKind, readonly CapabilityEntry[] | undefined>
> {
  /** Entries are for those whom their roles and groups name, and without either for nobody. */
  readonly byMembership?: boolean | undefined
  readonly rules?: readonly CapabilityRule[] | undefined
  /** What a scope includes apart from itself, followed transitively (SCOPE-06). */
  readonly scopeIncludes?: Readonly<Record<string, readonly string[]>> | undefined
  /** Lists show what one more scope would open; default `false`. */
  readonly listBeyondScopes?: boolean | undefined
}
