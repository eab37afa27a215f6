import type { JsonObject, RequestId } from '../json-rpc.ts'

/** The answer to a request among the messages that come with it; the rest is not of interest. */
export async function answerOf(
  messages: AsyncIterable<JsonObject>,
  id: RequestId,
): Promise<JsonObject | undefined> {
  for await (const message of messages) {
    if (message['id'] === id && !('method' in message)) return message
  }
  return undefined
}
