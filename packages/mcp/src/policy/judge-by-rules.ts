import type { Answer } from '../answer.ts'
import type { Verdict } from '../capability-policy.ts'
import { claimsModern } from '../classify-era.ts'
import {
  errorCodes,
  isJsonObject,
  type JsonObject,
  type JsonRpcNotification,
  type JsonRpcRequest,
} from '../json-rpc.ts'
import type { Access, CapabilityAccess } from './capability-access.ts'
import type { CapabilityKind, Principal } from './capability-rules.ts'
import { hiddenError } from './hidden-error.ts'
import type { ToolPins } from './tool-pins.ts'

type Message = JsonRpcRequest | JsonRpcNotification

const allow: Verdict = { kind: 'allow' }

/** What decides. */
export interface Judge {
  readonly access: CapabilityAccess
  readonly pins: ToolPins | undefined
  /** The 403 that names the scopes which would help. */
  readonly challenge: (scopes: readonly string[]) => Answer
}

/** What becomes of a message of a client, by its body alone (PROXY-06, PROXY-16). */
export function judgeByRules(
  { access, pins, challenge }: Judge,
  message: Message,
  principal: Principal,
): Verdict {
  const { method, params = {} } = message
  const verdict = (kind: CapabilityKind, shown: unknown, outcome: Access, replaced?: JsonObject): Verdict => {
    if (outcome.outcome === 'allowed') {
      return replaced === undefined ? allow : { kind: 'replace', params: replaced }
    }
    if (outcome.outcome === 'scope') return { kind: 'challenge', answer: challenge(outcome.scopes) }
    return { kind: 'deny', error: refusal(kind, String(shown), outcome.outcome, message) }
  }

  const named = (kind: 'tools' | 'prompts'): Verdict => {
    const { name: shown } = params
    const pin = kind === 'tools' ? pins : undefined
    if (!access.governs(kind) && pin === undefined) return allow
    const id = upstreamId(access, kind, shown)
    if (id === undefined) return verdict(kind, shown, { outcome: 'hidden' })
    const decided = access.decide(kind, id, principal, { given: params['arguments'] })
    const open = pin?.callOf(id)
    if (open === 'hidden') return verdict(kind, shown, hidden)
    if (open === 'blocked' && decided.outcome !== 'hidden') {
      return { kind: 'deny', error: { code: errorCodes.invalidRequest, message: blocked(String(shown)) } }
    }
    return verdict(kind, shown, decided, id === shown ? undefined : { ...params, name: id })
  }

  switch (method) {
    case 'tools/call':
      return named('tools')
    case 'prompts/get':
      return named('prompts')
    case 'resources/read':
    case 'resources/subscribe':
    case 'resources/unsubscribe': {
      const { uri } = params
      if (!access.governs('resources')) return allow
      const decided = typeof uri === 'string' ? access.decideRead(uri, principal) : hidden
      return verdict('resources', uri, decided)
    }
    case 'completion/complete':
      return completion()
    case 'subscriptions/listen':
      return listen(access, params, principal)
    default:
      return allow
  }

  function completion(): Verdict {
    const ref = isJsonObject(params['ref']) ? params['ref'] : {}
    if (ref['type'] === 'ref/prompt' && access.governs('prompts')) {
      const id = upstreamId(access, 'prompts', ref['name'])
      const decided = id === undefined ? hidden : access.decide('prompts', id, principal)
      const replaced = id === ref['name'] ? undefined : { ...params, ref: { ...ref, name: id } }
      return verdict('prompts', ref['name'], decided, replaced)
    }
    if (ref['type'] === 'ref/resource' && access.governs('resourceTemplates')) {
      const { uri } = ref
      const decided = typeof uri === 'string' ? access.decide('resourceTemplates', uri, principal) : hidden
      return verdict('resourceTemplates', uri, decided)
    }
    return allow
  }
}

const blocked = (shown: string) =>
  `The definition of ${shown} is not the one that was accepted: its operator has to look at it first`

const hidden: Access = { outcome: 'hidden' }

function upstreamId(access: CapabilityAccess, kind: CapabilityKind, shown: unknown): string | undefined {
  if (typeof shown !== 'string') return undefined
  const catalog = access.catalog(kind)
  return catalog === undefined ? shown : catalog.upstreamId(shown)
}

function refusal(kind: CapabilityKind, shown: string, outcome: 'hidden' | 'arguments', message: Message) {
  if (outcome === 'hidden') return hiddenError(kind, shown, claimsModern(message) ? 'modern' : 'legacy')
  return { code: errorCodes.invalidParams, message: `${shown} is not allowed with these arguments` }
}

/** TR-13: the server says which of the wishes it grants; what the caller may not read is not among them. */
function listen(access: CapabilityAccess, params: JsonObject, principal: Principal): Verdict {
  const wishes = isJsonObject(params['notifications']) ? params['notifications'] : {}
  const wanted = wishes['resourceSubscriptions']
  if (!access.governs('resources') || !Array.isArray(wanted)) return allow
  const readable = (wanted as readonly unknown[]).filter(
    (uri) => typeof uri === 'string' && access.decideRead(uri, principal).outcome === 'allowed',
  )
  if (readable.length === wanted.length) return allow
  return {
    kind: 'replace',
    params: { ...params, notifications: { ...wishes, resourceSubscriptions: readable } },
  }
}
