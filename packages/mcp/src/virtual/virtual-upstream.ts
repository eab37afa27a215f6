import type { Send } from '../fetch-upstream.ts'
import { errorCodes, isJsonObject, isRequest, type JsonObject, type JsonRpcMessage } from '../json-rpc.ts'
import { filterEvents, type Rewrite } from '../message-filters.ts'
import { hiddenError } from '../policy/hidden-error.ts'
import { modernVersions } from '../protocol-version.ts'
import { unknownTask, withTaskIds } from '../task-messages.ts'
import {
  addressedName,
  addressedUri,
  type Addressed,
  prefixedName,
  prefixPattern,
  withPrefixedUris,
} from './member-prefix.ts'
import { mergedAnswer, virtualList, virtualLists } from './virtual-lists.ts'
import { answerOfMember, askMember, type VirtualMember, type VirtualRequest } from './virtual-member.ts'

/** Options of {@link createVirtualUpstream}. */
export interface VirtualUpstreamOptions {
  /** Shown to clients as the name of the server. */
  readonly name: string
  readonly members: readonly VirtualMember[]
}

/** Capabilities that can be kept for several upstreams at once; no changes are announced, so none are promised. */
const mergedCapabilities = ['tools', 'prompts', 'resources', 'completions'] as const

/**
 * Several upstreams as one server of the modern era, to be passed to `createMcpProxy` as `fetch` with the era `modern`:
 * sessions, translation and policy are that proxy's, credentials and failures those of the members.
 *
 * @throws {TypeError} when the prefixes cannot tell the members apart
 */
export function createVirtualUpstream({ name, members }: VirtualUpstreamOptions): Send {
  const byPrefix = new Map(members.map((member) => [member.prefix, member]))
  if (members.length === 0 || byPrefix.size < members.length) {
    throw new TypeError('members: there must be at least one, each with a prefix of its own.')
  }
  for (const prefix of byPrefix.keys()) {
    if (prefixPattern.test(prefix)) continue
    throw new TypeError(
      `members: the prefix "${prefix}" must be a letter and up to 15 letters or digits, in lower case.`,
    )
  }

  return async (_url, init, caller) => {
    // The proxy in front sends texts alone.
    const message = JSON.parse(init.body as string) as JsonRpcMessage
    if (!isRequest(message)) return new Response(null, { status: 202 })
    const headers = init.headers as Readonly<Record<string, string>>
    const request: VirtualRequest = { message, headers, signal: init.signal ?? undefined, caller }
    const { id, method, params = {} } = message
    const answer = (body: JsonObject, status = 200) =>
      Response.json({ jsonrpc: '2.0', id, ...body }, { status })

    const route = (
      addressed: Addressed | undefined,
      own: (memberId: string) => JsonObject,
      missing: JsonObject,
    ) => {
      const member = addressed && byPrefix.get(addressed.prefix)
      if (!addressed || !member) return answer({ error: missing })
      const sent = { ...message, params: { ...params, ...own(addressed.id) } }
      return relayed(member, { ...request, message: sent })
    }

    const list = virtualLists.get(method)
    if (list !== undefined) return answer(await virtualList(members, request, list))
    switch (method) {
      case 'server/discover':
        return answer(await discovery(name, members, request))
      case 'tools/call':
      case 'prompts/get': {
        const kind = method === 'tools/call' ? 'tools' : 'prompts'
        const missing = hiddenError(kind, String(params['name']), 'modern')
        return route(addressedName(params['name']), (own) => ({ name: own }), { ...missing })
      }
      case 'resources/read': {
        const missing = hiddenError('resources', String(params['uri']), 'modern')
        return route(addressedUri(params['uri']), (uri) => ({ uri }), { ...missing })
      }
      case 'completion/complete': {
        const ref = isJsonObject(params['ref']) ? params['ref'] : {}
        const missing = { code: errorCodes.invalidParams, message: 'Unknown reference' }
        return ref['type'] === 'ref/prompt'
          ? route(addressedName(ref['name']), (own) => ({ ref: { ...ref, name: own } }), missing)
          : route(addressedUri(ref['uri']), (uri) => ({ ref: { ...ref, uri } }), missing)
      }
      case 'tasks/get':
      case 'tasks/update':
      case 'tasks/cancel':
        return route(addressedName(params['taskId']), (taskId) => ({ taskId }), { ...unknownTask })
      default:
        return answer(
          { error: { code: errorCodes.methodNotFound, message: `${method} is not served here` } },
          404,
        )
    }
  }
}

const tasksExtension = 'io.modelcontextprotocol/tasks'

function hasTasks({ result: { capabilities } }: { readonly result: JsonObject }): boolean {
  const extensions = isJsonObject(capabilities) ? capabilities['extensions'] : undefined
  return isJsonObject(extensions) && isJsonObject(extensions[tasksExtension])
}

/** PROXY-13: what one of the members can do. */
async function discovery(name: string, members: readonly VirtualMember[], request: VirtualRequest) {
  const answers = await Promise.all(members.map((member) => answerOfMember(member, request)))
  const results = answers.flatMap((answer) => ('result' in answer ? [answer] : []))
  const has = (capability: string) =>
    results.some(
      ({ result: { capabilities } }) => isJsonObject(capabilities) && isJsonObject(capabilities[capability]),
    )
  const instructions = results.flatMap(({ prefix, result }) =>
    typeof result['instructions'] === 'string' ? [`${prefix}: ${result['instructions']}`] : [],
  )
  return mergedAnswer(answers, {
    supportedVersions: modernVersions,
    capabilities: {
      ...Object.fromEntries(mergedCapabilities.filter(has).map((capability) => [capability, {}])),
      ...(results.some(hasTasks) && { extensions: { [tasksExtension]: {} } }),
    },
    serverInfo: { name, version: '1.0.0' },
    ...(instructions.length > 0 && { instructions: instructions.join('\n\n') }),
  })
}

/** The member's own answer, as it comes, with URIs and task ids that lead back to the member. */
async function relayed(member: VirtualMember, request: VirtualRequest): Promise<Response> {
  const response = await askMember(member, request)
  const rewrite: Rewrite = (message) => {
    const { result } = message
    const own = isJsonObject(result)
      ? { ...message, result: withPrefixedUris(result, member.prefix) }
      : message
    return withTaskIds(own, (taskId) => prefixedName(member.prefix, taskId))
  }
  const { status, headers, body } = response
  // The proxy in front would put its own name in place of the member's.
  if (status >= 500) return Response.json(await response.json())
  if (status !== 200 || body === null) return response
  if (headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    const message: unknown = await response.json()
    return Response.json(isJsonObject(message) ? rewrite(message) : message, { status })
  }
  const filter = filterEvents(rewrite, [])
  const stream = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => controller.enqueue(filter.push(chunk)),
      flush: (controller) => controller.enqueue(filter.end()),
    }),
  )
  return new Response(stream, { status, headers: { 'content-type': 'text/event-stream' } })
}
