import { type Answer, errorAnswer } from './answer.ts'
import type { Caller } from './caller.ts'
import { errorCodes } from './json-rpc.ts'

/** Counts the event streams of each user in this process (H08). */
export interface StreamCount {
  /** Takes a place, or answers that there is none; a place is given back with `release`. */
  take(caller: Caller): Answer | undefined
  release(caller: Caller): void
}

export function streamCount(perSubject: number, onChange?: (change: 1 | -1) => void): StreamCount {
  const open = new Map<string, number>()
  return {
    take({ subject }) {
      const count = open.get(subject) ?? 0
      if (count >= perSubject) {
        const message = `no more than ${perSubject} open streams per user: close one`
        return errorAnswer(
          429,
          undefined,
          { code: errorCodes.invalidRequest, message },
          { 'retry-after': '10' },
        )
      }
      open.set(subject, count + 1)
      onChange?.(1)
      return undefined
    },
    release({ subject }) {
      const count = (open.get(subject) ?? 1) - 1
      if (count === 0) open.delete(subject)
      else open.set(subject, count)
      onChange?.(-1)
    },
  }
}
