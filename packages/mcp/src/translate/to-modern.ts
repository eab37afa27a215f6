import { mayAskForInput } from '../connect-required.ts'
import { errorCodes, isJsonObject, type JsonObject } from '../json-rpc.ts'
import { metaKeys, modernVersions } from '../protocol-version.ts'

/** Operations whose results say how long they may be kept (utilities/caching). */
const cacheable: ReadonlySet<string> = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
])

/** TR-14: nothing is known about how long a result of the session eras is good, nor for whom. */
export const toModernResult = (result: JsonObject, method: string): JsonObject => ({
  resultType: 'complete',
  ...(cacheable.has(method) ? { ttlMs: 0, cacheScope: 'private' } : {}),
  ...result,
})

/** `server/discover` out of what the upstream said at `initialize`. */
export function toDiscovery(server: JsonObject): JsonObject {
  const { capabilities, serverInfo, instructions } = server
  const { tasks: _tasks, ...kept } = isJsonObject(capabilities) ? capabilities : {}
  return toModernResult(
    {
      supportedVersions: modernVersions,
      capabilities: kept,
      ...(instructions === undefined ? {} : { instructions }),
      ...(serverInfo === undefined ? {} : { _meta: { [metaKeys.serverInfo]: serverInfo } }),
    },
    'server/discover',
  )
}

/** −32002 and −32042 must not be emitted any more (basic, Error Codes). */
export function toModernError(error: JsonObject, method: string, opensUrls: boolean): JsonObject {
  const { code, message } = error
  if (code === errorCodes.resourceNotFound) return { error: { ...error, code: errorCodes.invalidParams } }
  if (code !== errorCodes.urlElicitationRequired) return { error }
  const links = elicitationsOf(error)
  if (opensUrls && mayAskForInput.has(method) && links.length > 0) {
    const entries = links.map(({ message, url }, index) => [
      `url-${index + 1}`,
      { method: 'elicitation/create', params: { mode: 'url', message, url } },
    ])
    return {
      result: { resultType: 'input_required', inputRequests: Object.fromEntries(entries) as JsonObject },
    }
  }
  const text = [message, ...links.map(({ url }) => url)].join(' ')
  if (method !== 'tools/call') return { error: { code: errorCodes.connectRequired, message: text } }
  return { result: { resultType: 'complete', isError: true, content: [{ type: 'text', text }] } }
}

function elicitationsOf({
  data,
}: JsonObject): readonly { readonly message: unknown; readonly url: string }[] {
  const list: unknown = isJsonObject(data) ? data['elicitations'] : undefined
  return (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap((item) =>
    isJsonObject(item) && typeof item['url'] === 'string'
      ? [{ message: item['message'], url: item['url'] }]
      : [],
  )
}
