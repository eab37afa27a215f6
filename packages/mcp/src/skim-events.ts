import { MalformedBodyError } from './body-filter.ts'
import { concatenate } from './concatenate.ts'

/** Events that have become complete, as they stood on the wire. */
export interface SkimmedEvents {
  readonly bytes: Uint8Array
  /** Something in them may be of interest: split and read them. */
  readonly mayMatter: boolean
}

export interface EventSkimmer {
  push(chunk: Uint8Array): SkimmedEvents
  /** What came after the last blank line. */
  end(): Uint8Array
}

const newline = 0x0a
const carriageReturn = 0x0d
const nothing = new Uint8Array()

/**
 * Tells the events of a stream that may be of interest from those that cannot be, which pass as the bytes that they are:
 * neither decoded nor copied where no chunk cuts them.
 *
 * @param maxLength bytes of one event at most
 * @param isOfInterest whether bytes may belong to an event of interest, by at most `markLength` bytes of them
 */
export function skimEvents(
  maxLength: number,
  isOfInterest: (bytes: Uint8Array) => boolean,
  markLength: number,
): EventSkimmer {
  /** The beginning of an event that is not complete. */
  let held: Uint8Array[] = []
  let heldLength = 0
  /** Its last bytes: a mark, or the blank line, may go on in the next chunk. */
  let tail = nothing
  let isWanted = false
  let hasCarriageReturn = false

  const hold = (chunk: Uint8Array, seen: Uint8Array): void => {
    held.push(chunk)
    heldLength += chunk.byteLength
    tail = seen.slice(1 - markLength)
    if (heldLength > maxLength) throw new MalformedBodyError(`an event is longer than ${maxLength} bytes`)
  }
  const release = (chunk: Uint8Array): Uint8Array => {
    if (held.length === 0) return chunk
    const bytes = concatenate([...held, chunk])
    held = []
    heldLength = 0
    tail = nothing
    return bytes
  }

  return {
    push(chunk) {
      // It may end a line in ways that only the splitter knows.
      hasCarriageReturn ||= chunk.includes(carriageReturn)
      if (hasCarriageReturn) return { bytes: release(chunk), mayMatter: true }
      const seen = tail.byteLength === 0 ? chunk : concatenate([tail, chunk])
      isWanted ||= isOfInterest(seen)
      const end = endOfLastEvent(seen) - (seen.byteLength - chunk.byteLength)
      if (end <= 0) {
        hold(chunk, seen)
        return { bytes: nothing, mayMatter: false }
      }
      if (end === chunk.byteLength) {
        const mayMatter = isWanted
        isWanted = false
        return { bytes: release(chunk), mayMatter }
      }
      const rest = chunk.subarray(end)
      const complete = { bytes: release(chunk.subarray(0, end)), mayMatter: isWanted }
      isWanted &&= isOfInterest(rest)
      hold(rest, rest)
      return complete
    },
    end: () => release(nothing),
  }
}

/** Where the last blank line ends; 0 when there is none. */
function endOfLastEvent(bytes: Uint8Array): number {
  let last = bytes.lastIndexOf(newline)
  while (last > 0 && bytes[last - 1] !== newline) last = bytes.lastIndexOf(newline, last - 1)
  return last > 0 ? last + 1 : 0
}
