import {
  errorCodes,
  isJsonObject,
  isRequest,
  isResponse,
  type JsonObject,
  type JsonRpcError,
  type JsonRpcMessage,
} from './json-rpc.ts'

/** Names the task that a message belongs to (2025-11-25, Tasks, Related Task Metadata). */
const relatedTask = 'io.modelcontextprotocol/related-task'
const statusNotifications: ReadonlySet<unknown> = new Set([
  'notifications/tasks',
  'notifications/tasks/status',
])

/** The methods with which a task is asked for or changed. */
export const isTaskMethod = (method: unknown): boolean =>
  typeof method === 'string' && method.startsWith('tasks/')

/** What anybody gets for a task that is not theirs: the answer for one that does not exist. */
export const unknownTask: JsonRpcError = { code: errorCodes.invalidParams, message: 'Task not found' }

/** A message of a server whose task ids are others; the same object when it has none. */
export function withTaskIds(message: JsonObject, change: (taskId: string) => string): JsonObject {
  const { method, params, result } = message
  if (isJsonObject(result)) return replaced(message, 'result', inResult(result, change))
  // A server that asks about a task means one of the client's own.
  if (!isJsonObject(params) || isTaskMethod(method)) return message
  const related = inMeta(params, change)
  if (statusNotifications.has(method)) return replaced(message, 'params', inTask(related, change))
  if (method !== 'notifications/subscriptions/acknowledged') return replaced(message, 'params', related)
  const granted = inListened(related, (taskId) => [change(taskId)])
  return replaced(message, 'params', granted)
}

/** What is sent on, or the error that ends the request. */
export type OpenedTasks = { readonly message: JsonRpcMessage } | { readonly refused: JsonRpcError }

/**
 * A message of a client with the upstream's own task ids, or why it goes no further.
 *
 * @param open gives the upstream's id for a handle of this client, undefined for everything else
 */
export function openTasks(
  message: JsonRpcMessage,
  open: (handle: string) => string | undefined,
): OpenedTasks {
  const { params, result } = message
  // What a client says about a task of its own has an id that is not ours.
  const known = (handle: string) => open(handle) ?? handle
  if (isResponse(message)) {
    return { message: isJsonObject(result) ? replaced(message, 'result', inMeta(result, known)) : message }
  }
  if (isTaskMethod(message.method)) return openTask(message, open)
  if (!isJsonObject(params)) return { message }
  const related = relatedId(params)
  if (isRequest(message) && related !== undefined && open(related) === undefined) {
    return { refused: unknownTask }
  }
  const opened = inMeta(params, known)
  if (message.method !== 'subscriptions/listen') return { message: replaced(message, 'params', opened) }
  // A server grants what it knows of the wishes: a foreign task is not among them.
  const own = inListened(opened, (handle) => open(handle) ?? [])
  return { message: replaced(message, 'params', own) }
}

function openTask(message: JsonRpcMessage, open: (handle: string) => string | undefined): OpenedTasks {
  const { method, params } = message
  // Whose tasks are in a list of the upstream, nobody can tell where users share an account.
  if (method === 'tasks/list') {
    return { refused: { code: errorCodes.methodNotFound, message: 'tasks/list is not served here' } }
  }
  const handle = isJsonObject(params) ? params['taskId'] : undefined
  const taskId = typeof handle === 'string' ? open(handle) : undefined
  const related = isJsonObject(params) ? relatedId(params) : undefined
  if (!isJsonObject(params) || taskId === undefined) return { refused: unknownTask }
  if (related !== undefined && open(related) === undefined) return { refused: unknownTask }
  const opened = inMeta(params, (id) => open(id) ?? id)
  return { message: { ...message, params: { ...opened, taskId } } }
}

/** The handshake of a session without the promise of a list of tasks. */
export function withoutTaskList(message: JsonObject): JsonObject {
  const { result } = message
  const capabilities = isJsonObject(result) ? result['capabilities'] : undefined
  const tasks = isJsonObject(capabilities) ? capabilities['tasks'] : undefined
  if (!isJsonObject(result) || !isJsonObject(capabilities) || !isJsonObject(tasks)) return message
  const { list: _list, ...kept } = tasks
  return { ...message, result: { ...result, capabilities: { ...capabilities, tasks: kept } } }
}

type Change = (taskId: string) => string

const replaced = <Message extends JsonObject>(
  message: Message,
  member: 'params' | 'result',
  value: JsonObject,
): Message => (value === message[member] ? message : { ...message, [member]: value })

/** 2026-07-28 has the task flat in the result, 2025-11-25 under `task` where it is created and flat afterwards. */
function inResult(result: JsonObject, change: Change): JsonObject {
  const flat = inTask(inMeta(result, change), change)
  const { task } = flat
  return isJsonObject(task) ? { ...flat, task: inTask(task, change) } : flat
}

/** Every task has a status: another result may have a `taskId` of its own meaning. */
function inTask(task: JsonObject, change: Change): JsonObject {
  const { taskId, status } = task
  return typeof taskId === 'string' && typeof status === 'string' ? { ...task, taskId: change(taskId) } : task
}

function relatedId({ _meta: meta }: JsonObject): string | undefined {
  const related = isJsonObject(meta) ? meta[relatedTask] : undefined
  const taskId = isJsonObject(related) ? related['taskId'] : undefined
  return typeof taskId === 'string' ? taskId : undefined
}

function inMeta(holder: JsonObject, change: Change): JsonObject {
  const { _meta: meta } = holder
  const taskId = relatedId(holder)
  if (taskId === undefined || !isJsonObject(meta)) return holder
  const related = isJsonObject(meta[relatedTask]) ? meta[relatedTask] : {}
  return { ...holder, _meta: { ...meta, [relatedTask]: { ...related, taskId: change(taskId) } } }
}

/** The tasks that a client wants to hear of, or is going to. */
function inListened(params: JsonObject, change: (taskId: string) => string | readonly string[]): JsonObject {
  const { notifications } = params
  const listed = isJsonObject(notifications) ? notifications['taskIds'] : undefined
  if (!isJsonObject(notifications) || listed === undefined) return params
  const ids = Array.isArray(listed) ? (listed as readonly unknown[]) : []
  const taskIds = ids.flatMap((id) => (typeof id === 'string' ? change(id) : []))
  return { ...params, notifications: { ...notifications, taskIds } }
}
