import { type BodyFilter, MalformedBodyError } from './body-filter.ts'
import { byteSearch } from './byte-search.ts'
import { concatenate } from './concatenate.ts'
import { dataOf, splitEvents, type StreamEvent, toEvent, withData } from './event-stream.ts'
import { isJsonObject, type JsonObject, type RequestId } from './json-rpc.ts'
import { skimEvents } from './skim-events.ts'

/** What to make of one message on the way back; the same object when nothing is to change. */
export type Rewrite = (message: JsonObject) => JsonObject

/** Bytes of a JSON body or of one event that are read into memory at most. */
export const maxReadLength: number = 16 * 1_048_576

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const nothing = new Uint8Array()
/** Only an answer, an error or a task can be of interest, however its name is escaped: most events are not parsed at all. */
const mayMatter = (text: string) =>
  text.includes('"result"') || text.includes('"error"') || text.includes('"taskId') || text.includes('\\u')
/** The same of bytes: the beginnings of those names, of one length. */
const marks = ['"resul', '"error', '"taskI'] as const
const hasMark = byteSearch(marks)
const mayMatterInBytes = (bytes: Uint8Array) => hasMark(bytes) || hasUnicodeEscape(bytes)
const mayBeQuestionOrTaskOrError = /"input_required"|"taskId"|"tasks"|"isError"\s*:\s*true|"error"\s*:|\\u/

/** Event stream in, event stream out: events that do not change pass as they came. */
export function filterEvents(rewrite: Rewrite, first: readonly object[]): BodyFilter {
  const skimmer = skimEvents(maxReadLength, mayMatterInBytes, marks[0].length)
  const splitter = splitEvents(maxReadLength)
  let ahead = encoder.encode(first.map(toEvent).join(''))
  const filtered = (event: StreamEvent): string => {
    const changed = mayMatter(event.data ?? '') ? rewritten(event.data ?? '', rewrite) : undefined
    return changed === undefined ? event.text : withData(event, changed)
  }
  const read = (bytes: Uint8Array): string => {
    let text = ''
    for (const event of splitter.push(bytes)) text += filtered(event)
    return text
  }
  const behindAhead = (bytes: Uint8Array): Uint8Array => {
    if (ahead.byteLength === 0) return bytes
    const all = concatenate([ahead, bytes])
    ahead = nothing
    return all
  }
  return {
    push(chunk) {
      const { bytes, mayMatter: mustRead } = skimmer.push(chunk)
      return behindAhead(mustRead ? encoder.encode(read(bytes)) : bytes)
    },
    // Readers differ over an event that the end of the stream cuts off: some take it.
    end() {
      const complete = read(skimmer.end())
      const rest = splitter.end()
      return behindAhead(encoder.encode(complete + filtered({ text: rest, data: dataOf(rest) })))
    },
  }
}

/** Bytes of a JSON body that may turn out to be a task or an error, or a question; a longer one is an answer. */
const maxQuestionBytes = 1_048_576
/** No text within an answer has them: there, its quotes are escaped. */
const stateMark = '"requestState"'
const questionMark = '"input_required"'
const hasState = byteSearch([stateMark])
const hasQuestionMark = byteSearch([questionMark])

/**
 * JSON in, JSON out: a short body is rewritten, a long one streams through as it came. A question keeps its right to be
 * rewritten as long as it can be read: its state must not leave bare.
 *
 * @param mayAsk whether an answer can be a question; an answer that cannot may have any member
 * @throws {MalformedBodyError} from `push`, for a question that is too long to be read or turns out to be one too late
 */
export function filterShortJson(rewrite: Rewrite, mayAsk: boolean): BodyFilter {
  let held: Uint8Array[] | undefined = []
  let length = 0
  let isQuestion = false
  let released: LongAnswer | undefined
  return {
    push(chunk) {
      if (held === undefined) return released?.push(chunk) ?? chunk
      held.push(chunk)
      length += chunk.byteLength
      if (length <= maxQuestionBytes) return nothing
      if (!isQuestion) {
        const all = concatenate(held)
        isQuestion = mayAsk && hasState(all)
        held = isQuestion ? [all] : undefined
        if (!isQuestion) {
          if (mayAsk) released = watchLongAnswer(all)
          return all
        }
      }
      if (length > maxReadLength) throw new MalformedBodyError('a question that is too long to be read')
      return nothing
    },
    end() {
      if (held === undefined) return released?.end() ?? nothing
      const body = concatenate(held)
      const text = decoder.decode(body)
      const changed = mayBeQuestionOrTaskOrError.test(text) ? rewritten(text, rewrite) : undefined
      return changed === undefined ? body : encoder.encode(changed)
    },
  }
}

type LongAnswer = Pick<BodyFilter, 'push' | 'end'>

/**
 * The rest of an answer whose beginning had no state. A result may have a member of that name as well: from there on it waits
 * for its end, which tells whether it is a question.
 *
 * @throws {MalformedBodyError} from `push`, when it is one, or too long to tell
 */
function watchLongAnswer(beginning: Uint8Array): LongAnswer {
  let isQuestion = hasQuestionMark(beginning)
  /** The last bytes: a mark may go on in the next chunk. */
  let tail = beginning.slice(1 - questionMark.length)
  const waiting: Uint8Array[] = []
  let length = 0
  return {
    push(chunk) {
      const seen = concatenate([tail, chunk])
      tail = seen.slice(1 - questionMark.length)
      isQuestion ||= hasQuestionMark(seen)
      if (waiting.length === 0 && !hasState(seen)) return chunk
      waiting.push(chunk)
      length += chunk.byteLength
      if (isQuestion || length > maxReadLength) {
        throw new MalformedBodyError('a long answer that turns out to be a question')
      }
      return nothing
    },
    end: () => concatenate(waiting),
  }
}

const backslash = 0x5c
const letterU = 0x75

function hasUnicodeEscape(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(backslash); at >= 0; at = bytes.indexOf(backslash, at + 1)) {
    if (bytes[at + 1] === letterU) return true
  }
  return false
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
  return splitter
    .push(encoder.encode(text))
    .flatMap(({ data }) => (data === undefined ? [] : [parse(data)].flat().filter(isJsonObject)))
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

/** A message, or a list of them (batches of 2025-03-26), rewritten; undefined when nothing is to change. */
function rewritten(text: string, rewrite: Rewrite): string | undefined {
  const value = parse(text)
  const after = Array.isArray(value) ? value.map(rewriteAny) : rewriteAny(value)
  const isSame = Array.isArray(after)
    ? after.every((message, index) => message === (value as readonly unknown[])[index])
    : after === value
  return isSame ? undefined : JSON.stringify(after)

  function rewriteAny(message: unknown): unknown {
    return isJsonObject(message) ? rewrite(message) : message
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not ours to judge: it passes as it came
  }
}
