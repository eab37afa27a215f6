import type { Answer } from '../answer.ts'
import type { Caller } from '../caller.ts'
import type { CapabilityPolicy } from '../capability-policy.ts'
import type { JsonObject } from '../json-rpc.ts'
import type { CapabilityAccess } from './capability-access.ts'
import { listedItems, listMethods } from './capability-list.ts'
import type { CapabilityKind, Principal } from './capability-rules.ts'
import { judgeMessage } from './judge-message.ts'

export interface CapabilityFilterOptions {
  readonly access: CapabilityAccess
  /** What rules see of a caller. */
  readonly principalOf: (caller: Caller) => Principal
  /** The answer to a token that lacks scope, e.g. `resourceServer.insufficientScope`. */
  readonly challenge: (scopes: readonly string[]) => Answer
}

/** The policy of a proxy that decides with one rule set about lists and about calls (PROXY-16). */
export function createCapabilityFilter(options: CapabilityFilterOptions): CapabilityPolicy {
  const { access, principalOf, challenge } = options
  const governed = [...listMethods].filter(([, kind]) => access.governs(kind))
  const kinds = new Map<string | undefined, readonly CapabilityKind[]>(
    governed.map(([method, kind]) => [method, [kind]]),
  )
  const anyKind = governed.map(([, kind]) => kind)

  return {
    judge: (message, caller) => judgeMessage(access, message, principalOf(caller), challenge),
    filteredMethods: new Set(governed.map(([method]) => method)),
    filter(result, method, caller) {
      const principal = principalOf(caller)
      return (method === undefined ? anyKind : (kinds.get(method) ?? [])).reduce<JsonObject>(
        (filtered, kind) => (kind in filtered ? withVisible(access, filtered, kind, principal) : filtered),
        result,
      )
    },
  }
}

function withVisible(
  access: CapabilityAccess,
  result: JsonObject,
  kind: CapabilityKind,
  principal: Principal,
): JsonObject {
  const visible = listedItems(access, kind, result[kind]).filter(({ id }) =>
    access.isListed(kind, id, principal),
  )
  return { ...result, ...cacheHint(access, result), [kind]: visible.map(({ item }) => item) }
}

/** PROXY-12: what differs from user to user is in nobody's shared cache. */
const cacheHint = (access: CapabilityAccess, { cacheScope }: JsonObject) =>
  access.dependsOnCaller && cacheScope === 'public' ? { cacheScope: 'private' } : {}
