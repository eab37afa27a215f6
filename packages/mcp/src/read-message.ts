import { isJsonObject, isRequest, type JsonObject, type JsonRpcMessage } from './json-rpc.ts'
import { folded } from './policy/folded.ts'
import { parseStrictJson, StrictJsonError } from './strict-json.ts'

/** What the body of a POST holds. */
export type ReadMessage =
  | { readonly kind: 'message'; readonly message: JsonRpcMessage }
  /** The session eras up to 2025-03-26 have them. */
  | { readonly kind: 'batch'; readonly messages: readonly JsonRpcMessage[] }
  | { readonly kind: 'unparsable'; readonly reason: string }
  | { readonly kind: 'invalid'; readonly reason: string; readonly id?: string | number }

const envelopeMembers = ['jsonrpc', 'id', 'method', 'params', 'result', 'error']
const decisiveParams = [
  '_meta',
  'name',
  'uri',
  'arguments',
  'taskId',
  'requestState',
  'inputResponses',
  'ref',
  'notifications',
]
/** Methods about which more is decided than whether they may pass. */
const decisiveMethods: ReadonlySet<string> = new Set([
  'initialize',
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'completion/complete',
  'subscriptions/listen',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/update',
  'tasks/cancel',
])
/** Nothing in it that careless readers take for something else. */
const plainMethod = /^[a-z/]*$/
/** Messages of a batch, and wishes of a subscription: each is judged by itself, while everybody else waits. */
const maxItems = 1_000
/** Members of params that hold others on which something depends. */
const decisiveInside = [
  ['ref', ['type', 'name', 'uri']],
  ['notifications', ['resourceSubscriptions', 'taskIds']],
] as const

/** Reads one JSON-RPC message or a batch, so strictly that no other parser can read something else. */
export function readMessage(text: string): ReadMessage {
  let value: unknown
  try {
    value = parseStrictJson(text)
  } catch (error) {
    if (error instanceof StrictJsonError) return { kind: 'unparsable', reason: error.message }
    throw error
  }
  if (!Array.isArray(value)) return readSingle(value)
  if (value.length === 0) return { kind: 'invalid', reason: 'an empty batch' }
  if (value.length > maxItems) return { kind: 'invalid', reason: `a batch of more than ${maxItems} messages` }
  const messages: JsonRpcMessage[] = []
  const ids = new Set<string>()
  for (const item of value) {
    const read = readSingle(item)
    if (read.kind !== 'message') return read
    messages.push(read.message)
    if (!isRequest(read.message)) continue
    // Which request an answer is for, and with it who may see what, is told by the id alone; some write 1 as "1".
    const id = String(read.message.id)
    if (ids.has(id)) return { kind: 'invalid', reason: 'two requests of a batch have one id' }
    ids.add(id)
  }
  return { kind: 'batch', messages }
}

function readSingle(value: unknown): ReadMessage {
  if (!isJsonObject(value)) return { kind: 'invalid', reason: 'a JSON-RPC message must be an object' }
  const id = validId(value['id']) ? { id: value['id'] } : {}
  const reason = problemOf(value)
  return reason === undefined
    ? { kind: 'message', message: value as unknown as JsonRpcMessage }
    : { kind: 'invalid', reason, ...id }
}

const validId = (id: unknown): id is string | number => typeof id === 'string' || typeof id === 'number'

function problemOf(value: JsonObject): string | undefined {
  const { jsonrpc, id, method, params } = value
  if (jsonrpc !== '2.0') return 'jsonrpc must be "2.0"'
  if (Object.hasOwn(value, 'id') && !validId(id)) return 'id must be a string or a number'
  const lookalike = lookalikeOf(value, envelopeMembers)
  if (lookalike !== undefined) return `"${lookalike}" must be written in lower case`
  if (!Object.hasOwn(value, 'method')) {
    const answers = Number(Object.hasOwn(value, 'result')) + Number(Object.hasOwn(value, 'error'))
    return validId(id) && answers === 1 ? undefined : 'method is missing'
  }
  if (typeof method !== 'string' || method === '') return 'method must be a string'
  if (!plainMethod.test(method) && decisiveMethods.has(folded(method)))
    return 'method is written like another one'
  if (Object.hasOwn(value, 'result') || Object.hasOwn(value, 'error'))
    return 'a request has neither result nor error'
  if (params === undefined) return undefined
  if (!isJsonObject(params)) return 'params must be an object'
  const hidden = lookalikeOf(params, decisiveParams) ?? lookalikeInside(params)
  if (hidden !== undefined) return `params."${hidden}" is written like another member`
  const { notifications } = params
  const isTooMuch =
    isJsonObject(notifications) &&
    Object.values(notifications).some((wish) => Array.isArray(wish) && wish.length > maxItems)
  return isTooMuch ? `a subscription with more than ${maxItems} wishes of one kind` : undefined
}

function lookalikeInside(params: JsonObject): string | undefined {
  for (const [member, names] of decisiveInside) {
    const inside = params[member]
    const hidden = isJsonObject(inside) ? lookalikeOf(inside, names) : undefined
    if (hidden !== undefined) return `${member}.${hidden}`
  }
  return undefined
}

/** Some parsers ignore the case of names: for them `Method` would be a second `method`. */
function lookalikeOf(object: JsonObject, names: readonly string[]): string | undefined {
  for (const member of Object.keys(object)) {
    if (names.includes(member)) continue
    const lower = member.toLowerCase()
    const match = names.find((name) => name.toLowerCase() === lower)
    if (match !== undefined) return match
  }
  return undefined
}
