import { errorCodes, isJsonObject, type JsonObject } from '../json-rpc.ts'
import { prefixedName, prefixedUri } from './member-prefix.ts'
import {
  answerOfMember,
  type MemberAnswer,
  type VirtualMember,
  type VirtualRequest,
} from './virtual-member.ts'

/** Pages of one member's list; more are a failure. */
const maxPages = 50

interface ListKind {
  readonly member: string
  readonly prefixed: (item: JsonObject, prefix: string) => JsonObject
}

const byName = (item: JsonObject, prefix: string) =>
  typeof item['name'] === 'string' ? { ...item, name: prefixedName(prefix, item['name']) } : item
const byUri = (member: string) => (item: JsonObject, prefix: string) => {
  const uri = item[member]
  return typeof uri === 'string' ? { ...item, [member]: prefixedUri(prefix, uri) } : item
}

/** Methods that every member is asked, and how their items are named. */
export const virtualLists: ReadonlyMap<string, ListKind> = new Map([
  ['tools/list', { member: 'tools', prefixed: byName }],
  ['prompts/list', { member: 'prompts', prefixed: byName }],
  ['resources/list', { member: 'resources', prefixed: byUri('uri') }],
  ['resources/templates/list', { member: 'resourceTemplates', prefixed: byUri('uriTemplate') }],
])

/** One list of all members, in their order: an answer, or the error where nobody has one. */
export async function virtualList(
  members: readonly VirtualMember[],
  request: VirtualRequest,
  { member, prefixed }: ListKind,
): Promise<{ readonly result: JsonObject } | { readonly error: JsonObject }> {
  const answers = await Promise.all(members.map((each) => wholeList(each, request, member)))
  const items = answers.flatMap((answer) =>
    'result' in answer ? itemsOf(answer.result, member).map((item) => prefixed(item, answer.prefix)) : [],
  )
  return mergedAnswer(answers, { [member]: items })
}

/**
 * What all members together say. As long as one of them has an answer there is one; it names those that have none, and is
 * kept by nobody.
 */
export function mergedAnswer(
  answers: readonly MemberAnswer[],
  merged: JsonObject,
): { readonly result: JsonObject } | { readonly error: JsonObject } {
  const failed = answers.flatMap((answer) => ('error' in answer ? [answer] : []))
  const [first] = failed
  // PROXY-22: an empty list never stands for a failure.
  if (first !== undefined && failed.length === answers.length) return { error: first.error }
  const unavailable = failed.map(({ prefix, error }) => ({ prefix, message: error['message'] }))
  return {
    result: {
      resultType: 'complete',
      ...merged,
      ttlMs: 0,
      cacheScope: 'private',
      ...(unavailable.length > 0 && { _meta: { 'portico/unavailable': unavailable } }),
    },
  }
}

async function wholeList(
  member: VirtualMember,
  request: VirtualRequest,
  name: string,
): Promise<MemberAnswer> {
  const { prefix } = member
  const items: JsonObject[] = []
  let cursor: unknown
  for (let page = 0; page < maxPages; page++) {
    const { cursor: _own, ...params } = request.message.params ?? {}
    const message = { ...request.message, params: cursor === undefined ? params : { ...params, cursor } }
    const answer = await answerOfMember(member, { ...request, message })
    if ('error' in answer) {
      // What a server does not have is no failure.
      return answer.error['code'] === errorCodes.methodNotFound
        ? { prefix, result: { [name]: items } }
        : answer
    }
    items.push(...itemsOf(answer.result, name))
    cursor = answer.result['nextCursor']
    if (typeof cursor !== 'string') return { prefix, result: { [name]: items } }
  }
  return { prefix, error: { code: errorCodes.upstreamFailed, message: `${prefix} has too long a list` } }
}

function itemsOf(result: JsonObject, member: string): readonly JsonObject[] {
  const list = result[member]
  return Array.isArray(list) ? (list as readonly unknown[]).filter(isJsonObject) : []
}
