import type { Answer } from '../answer.ts'
import type { Caller } from '../caller.ts'
import type { CapabilityPolicy } from '../capability-policy.ts'
import type { JsonObject } from '../json-rpc.ts'
import type { CapabilityAccess } from './capability-access.ts'
import { type ListedItem, listedItems, listMethods } from './capability-list.ts'
import type { CapabilityKind, Principal } from './capability-rules.ts'
import { judgeByRules } from './judge-by-rules.ts'
import { createListMemory, type ListMemory } from './list-memory.ts'
import type { ToolPins } from './tool-pins.ts'

/** Options of {@link createCapabilityFilter}. */
export interface CapabilityFilterOptions {
  readonly access: CapabilityAccess
  /** What rules see of a caller. */
  readonly principalOf: (caller: Caller) => Principal
  /** The answer to a token that lacks scope, e.g. `resourceServer.insufficientScope`. */
  readonly challenge: (scopes: readonly string[], caller: Caller) => Answer
  /** The tools that have been accepted, where that matters. */
  readonly pins?: ToolPins | undefined
}

/** The policy of a proxy that decides with one rule set about lists and about calls (PROXY-16). */
export function createCapabilityFilter(options: CapabilityFilterOptions): CapabilityPolicy {
  const { access, principalOf, challenge, pins } = options
  const governed = [...listMethods].filter(
    ([, kind]) => access.governs(kind) || (kind === 'tools' && pins !== undefined),
  )
  const kinds = new Map(governed)
  const itemsOf = (kind: CapabilityKind) => (list: unknown) =>
    listedItems(access, kind, list, kind === 'tools' ? pins : undefined)
  const memories = new Map<CapabilityKind, ListMemory>(
    governed.map(([, kind]) => [kind, createListMemory(kind, itemsOf(kind))]),
  )
  const isVisible = (kind: CapabilityKind, { id, digest }: ListedItem, principal: Principal) =>
    (digest === undefined || pins?.isShown(id, digest) !== false) && access.isListed(kind, id, principal)

  return {
    judge: (message, caller) =>
      judgeByRules(
        { access, pins, challenge: (scopes) => challenge(scopes, caller) },
        message,
        principalOf(caller),
      ),
    filteredMethods: new Set(kinds.keys()),
    filter(result, method, caller) {
      const principal = principalOf(caller)
      const wanted = method === undefined ? [...kinds.values()] : [kinds.get(method)]
      return wanted.reduce<JsonObject>((filtered, kind) => {
        if (kind === undefined || !(kind in filtered)) return filtered
        const items = itemsOf(kind)(filtered[kind]).filter((item) => isVisible(kind, item, principal))
        return { ...withCacheHint(access, filtered), [kind]: items.map(({ item }) => item) }
      }, result)
    },
    filterText(body, method, caller) {
      const kind = kinds.get(method)
      const apart = kind && memories.get(kind)?.takeApart(body)
      if (kind === undefined || apart === undefined) return undefined
      const principal = principalOf(caller)
      return apart.write(withCacheHint(access, apart.result), (item) => isVisible(kind, item, principal))
    },
  }
}

/** PROXY-12: what differs from user to user is in nobody's shared cache. */
const withCacheHint = (access: CapabilityAccess, result: JsonObject): JsonObject =>
  access.dependsOnCaller && result['cacheScope'] === 'public' ? { ...result, cacheScope: 'private' } : result
