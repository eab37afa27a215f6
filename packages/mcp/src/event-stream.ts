import { MalformedBodyError } from './body-filter.ts'

/** One event of an event stream, as it stood on the wire and as it reads. */
export interface StreamEvent {
  /** All its lines and the blank line that ended it. */
  readonly text: string
  /** Its `data` lines, joined; undefined when it has none (a comment, an id alone). */
  readonly data: string | undefined
}

export interface EventSplitter {
  push(chunk: Uint8Array): readonly StreamEvent[]
  /** What came after the last blank line; by the standard it is no event and is dropped by clients. */
  end(): string
}

/** `\r` at the very end may be half of `\r\n`: not yet a line end. */
const lineEnd = /\r\n|\n|\r(?=[^])/g
const fieldSeparator = /\r\n|\n|\r/

/**
 * Splits an event stream at its blank lines, wherever the chunks are cut.
 *
 * @param maxLength characters of one event at most
 */
export function splitEvents(maxLength: number): EventSplitter {
  // Without a byte order mark at the beginning, as clients read it (HTML, 9.2.6).
  const decoder = new TextDecoder()
  let pending = ''
  let scanned = 0

  return {
    push(chunk) {
      pending += decoder.decode(chunk, { stream: true })
      const events: StreamEvent[] = []
      let eventStart = 0
      let lineStart = scanned
      lineEnd.lastIndex = scanned
      for (let match = lineEnd.exec(pending); match !== null; match = lineEnd.exec(pending)) {
        const next = match.index + match[0].length
        if (match.index === lineStart) {
          const text = pending.slice(eventStart, next)
          events.push({ text, data: dataOf(text) })
          eventStart = next
        }
        lineStart = next
      }
      pending = pending.slice(eventStart)
      scanned = lineStart - eventStart
      if (pending.length > maxLength) {
        throw new MalformedBodyError(`an event is longer than ${maxLength} characters`)
      }
      return events
    },
    end() {
      const rest = pending + decoder.decode()
      pending = ''
      return rest
    },
  }
}

/** The data of an event, its lines joined; undefined when it has none. */
export function dataOf(text: string): string | undefined {
  const values: string[] = []
  for (const line of text.split(fieldSeparator)) {
    if (line === 'data') values.push('')
    else if (line.startsWith('data:')) values.push(line.slice(line[5] === ' ' ? 6 : 5))
  }
  return values.length === 0 ? undefined : values.join('\n')
}

/** An event with other data: its id, name and comments stay. */
export function withData(event: StreamEvent, data: string): string {
  const others = event.text.split(fieldSeparator).filter((line) => line !== '' && !/^data(?::|$)/.test(line))
  return `${[...others, `data: ${data}`].join('\n')}\n\n`
}

/** A message as an event of its own. */
export const toEvent = (message: unknown): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`
