import { type BodyFilter, MalformedBodyError } from './body-filter.ts'
import { dataOf, splitEvents, type StreamEvent, toEvent, withData } from './event-stream.ts'
import { isJsonObject, type JsonObject, type RequestId } from './json-rpc.ts'

/** What to make of one message on the way back; the same object when nothing is to change. */
export type Rewrite = (message: JsonObject) => JsonObject

/** Bytes of a JSON body, or characters of one event, that are read into memory at most. */
export const maxReadLength: number = 16 * 1_048_576

const encoder = new TextEncoder()
const nothing = new Uint8Array()
/** Only an answer, an error or a task can be of interest, however its name is escaped: most events are not parsed at all. */
const mayMatter = (text: string) =>
  text.includes('"result"') || text.includes('"error"') || text.includes('"taskId') || text.includes('\\u')
const mayBeQuestionOrTaskOrError = /"input_required"|"taskId"|"tasks"|"isError"\s*:\s*true|"error"\s*:|\\u/

/** Event stream in, event stream out: events that do not change pass as they came. */
export function filterEvents(rewrite: Rewrite, first: readonly object[]): BodyFilter {
  const splitter = splitEvents(maxReadLength, mayMatter)
  let ahead = first.map(toEvent).join('')
  const filtered = (event: StreamEvent): string => {
    const message = mayMatter(event.data ?? '') ? parseObject(event.data ?? '') : undefined
    const rewritten = message === undefined ? undefined : rewrite(message)
    return rewritten === message ? event.text : withData(event, JSON.stringify(rewritten))
  }
  return {
    push(chunk) {
      let text = ahead
      ahead = ''
      for (const event of splitter.push(chunk)) text += filtered(event)
      return text === '' ? nothing : encoder.encode(text)
    },
    // Readers differ over an event that the end of the stream cuts off: some take it.
    end() {
      const rest = splitter.end()
      return encoder.encode(ahead + filtered({ text: rest, data: dataOf(rest) }))
    },
  }
}

/** Bytes of a JSON body that may turn out to be a question, a task or an error; a longer one is an answer and passes unread. */
const maxQuestionBytes = 1_048_576

/** JSON in, JSON out: a short body is rewritten, a long one streams through as it came. */
export function filterShortJson(rewrite: Rewrite): BodyFilter {
  let held: Uint8Array[] | undefined = []
  let length = 0
  return {
    push(chunk) {
      if (held === undefined) return chunk
      held.push(chunk)
      length += chunk.byteLength
      if (length <= maxQuestionBytes) return nothing
      const released = concatenated(held, length)
      held = undefined
      return released
    },
    end() {
      if (held === undefined) return nothing
      const body = concatenated(held, length)
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body)
      const message = mayBeQuestionOrTaskOrError.test(text) ? parseObject(text) : undefined
      const rewritten = message === undefined ? undefined : rewrite(message)
      return rewritten === message ? body : encoder.encode(JSON.stringify(rewritten))
    },
  }
}

function concatenated(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks
  if (chunks.length === 1 && only !== undefined) return only
  const all = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    all.set(chunk, offset)
    offset += chunk.byteLength
  }
  return all
}

/**
 * The messages of a complete body, rewritten.
 *
 * @throws {MalformedBodyError} when it holds something else
 */
export function readMessages(text: string, isEventStream: boolean, rewrite: Rewrite): readonly JsonObject[] {
  return (isEventStream ? messagesOfEvents(text) : messagesOfJson(text)).map(rewrite)
}

function messagesOfEvents(text: string): readonly JsonObject[] {
  const splitter = splitEvents(maxReadLength)
  return splitter.push(encoder.encode(text)).flatMap(({ data }) => {
    const message = data === undefined ? undefined : parseObject(data)
    return message === undefined ? [] : [message]
  })
}

function messagesOfJson(text: string): readonly JsonObject[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new MalformedBodyError('a JSON body that does not parse', { cause })
  }
  const messages: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (!messages.every(isJsonObject)) throw new MalformedBodyError('a JSON body that is no JSON-RPC message')
  return messages
}

/**
 * One body for a client that takes JSON alone: the answers, without the notifications around them.
 *
 * @throws {MalformedBodyError} when an answer is missing
 */
export function toJson(
  messages: readonly object[],
  wanted: ReadonlySet<RequestId>,
  isBatch: boolean,
): string {
  const answers = messages.filter((message) => !('method' in message) && 'id' in message)
  const [only] = answers
  if (only === undefined || answers.length < wanted.size) throw new MalformedBodyError('an answer is missing')
  return JSON.stringify(isBatch ? answers : only)
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined // not ours to judge: it passes as it came
  }
}
