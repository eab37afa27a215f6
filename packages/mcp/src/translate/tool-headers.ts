import { BoundedMap } from '../bounded-map.ts'
import { isJsonObject, type JsonObject, type JsonRpcRequest } from '../json-rpc.ts'
import type { OwnSession } from '../session-binding.ts'
import { modernHeaders } from '../standard-headers.ts'
import { answerOf } from './answer-of.ts'
import { type MirroredParams, mirroredParams, paramHeadersFor } from './mirrored-params.ts'
import { toModernRequest } from './to-modern-request.ts'
import type { TranslationScope } from './translation-scope.ts'

/** The `Mcp-Param-*` headers of calls at a modern upstream, for one user's sessions. */
export interface ToolHeaders {
  /** For a call, as far as its tool has been listed. */
  known(request: JsonRpcRequest): Record<string, string>
  /** For a call, after asking the upstream for its tools. */
  lookUp(
    request: JsonRpcRequest,
    session: OwnSession,
    scope: TranslationScope,
  ): Promise<Record<string, string>>
  /** The result of a request: of `tools/list` without the tools whose annotations break the rules (PROXY-19). */
  learn(request: JsonRpcRequest, result: JsonObject): JsonObject
}

/** Pages of a list of tools that are looked through for one tool. */
const maxPages = 20
/** Tools with such headers that are remembered: a server that invents them without end is not worth more memory. */
const maxTools = 1_000

/** @param warn told which tool is left out, and why */
export function createToolHeaders(warn: (error: Error) => void): ToolHeaders {
  const tools = new BoundedMap<string, MirroredParams>(maxTools)

  const remember = (name: string, mirrored: MirroredParams): void => {
    tools.delete(name)
    if (mirrored.length > 0) tools.set(name, mirrored)
  }
  const learnTools = (list: unknown): readonly JsonObject[] => {
    const kept: JsonObject[] = []
    for (const tool of Array.isArray(list) ? (list as readonly unknown[]) : []) {
      if (!isJsonObject(tool) || typeof tool['name'] !== 'string') continue
      const mirrored = mirroredParams(tool['inputSchema'])
      if (mirrored === 'invalid') {
        warn(
          new Error(`the tool "${tool['name']}" is left out: its x-mcp-header annotations break the rules`),
        )
        continue
      }
      remember(tool['name'], mirrored)
      kept.push(tool)
    }
    return kept
  }
  const headersFor = ({ method, params }: JsonRpcRequest): Record<string, string> => {
    const name = params?.['name']
    const mirrored = method === 'tools/call' && typeof name === 'string' ? tools.get(name) : undefined
    return mirrored === undefined ? {} : paramHeadersFor(mirrored, params?.['arguments'])
  }

  return {
    known: headersFor,
    async lookUp(request, session, { upstream }) {
      let cursor: unknown
      for (let page = 0; page < maxPages; page++) {
        const params: JsonObject = cursor === undefined ? {} : { cursor }
        const list = toModernRequest({ method: 'tools/list', params }, session, undefined)
        const reply = await upstream.call('POST', list, modernHeaders(list))
        const result = (await answerOf(reply.messages, list.id))?.['result']
        if (!isJsonObject(result)) break
        learnTools(result['tools'])
        cursor = result['nextCursor']
        if (typeof cursor !== 'string') break
      }
      return headersFor(request)
    },
    learn({ method }, result) {
      if (method !== 'tools/list' || !Array.isArray(result['tools'])) return result
      return { ...result, tools: learnTools(result['tools']) }
    },
  }
}
