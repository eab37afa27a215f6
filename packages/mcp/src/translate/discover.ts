import { isJsonObject, type JsonObject } from '../json-rpc.ts'
import type { OwnSession } from '../session-binding.ts'
import { modernHeaders } from '../standard-headers.ts'
import { answerOf } from './answer-of.ts'
import { toModernRequest } from './to-modern-request.ts'
import type { UpstreamCaller } from './upstream-caller.ts'

/**
 * What a modern upstream says about itself.
 *
 * @throws {AnsweredError} when it says something else
 */
export async function discover(session: OwnSession, upstream: UpstreamCaller): Promise<JsonObject> {
  const message = toModernRequest({ method: 'server/discover' }, session, undefined)
  const reply = await upstream.call('POST', message, modernHeaders(message))
  const result = (await answerOf(reply.messages, message.id))?.['result']
  if (!isJsonObject(result)) throw upstream.malformed()
  return result
}
