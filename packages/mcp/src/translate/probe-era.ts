import type { Send } from '../fetch-upstream.ts'
import { isJsonObject, type JsonObject, modernErrors } from '../json-rpc.ts'
import { modernVersions } from '../protocol-version.ts'
import { readBody, type ByteStream } from '../read-body.ts'
import type { RequestContext } from '../request-context.ts'
import { modernHeaders } from '../standard-headers.ts'
import { modernMeta } from './modern-meta.ts'

const maxBytes = 1_048_576
const timeoutMs = 10_000

/**
 * Asks an upstream `server/discover`. A discovery with a version we speak, or an error of the modern era, is modern; any
 * other answer to the request is not. 401, 403, 429, 5xx and no answer say nothing.
 */
export async function probeEra(send: Send, context: RequestContext): Promise<boolean | undefined> {
  const message = {
    jsonrpc: '2.0',
    id: 'portico-probe',
    method: 'server/discover',
    params: { _meta: modernMeta() },
  } as const
  try {
    const init: RequestInit = {
      method: 'POST',
      headers: {
        ...context.commonHeaders,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...modernHeaders(message),
        ...context.credential?.headers,
      },
      body: JSON.stringify(message),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    }
    const response = await send(context.url, init, context.caller)
    const { status } = response
    const read = await readBody(response.body as ByteStream | null, maxBytes)
    const answer = read === 'too_large' ? undefined : parseAnswer(read.text ?? '')
    if (modernErrors.has(codeOf(answer))) return true
    if (status === 200) return isDiscovery(answer)
    const saysNothing = status === 401 || status === 403 || status === 429 || status >= 500 || status < 400
    return saysNothing ? undefined : false
  } catch {
    return undefined
  }
}

const isDiscovery = (answer: JsonObject | undefined): boolean => {
  const result = answer?.['result']
  const versions: unknown = isJsonObject(result) ? result['supportedVersions'] : undefined
  return Array.isArray(versions) && versions.some((version) => modernVersions.includes(version as string))
}

function codeOf(answer: JsonObject | undefined): unknown {
  const error = answer?.['error']
  return isJsonObject(error) ? error['code'] : undefined
}

/** The message in a JSON body, or in the first event of a stream. */
function parseAnswer(text: string): JsonObject | undefined {
  const data = /^data: ?(.*)$/m.exec(text)?.[1] ?? text
  try {
    const value: unknown = JSON.parse(data)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
