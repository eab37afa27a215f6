/** A clock that moves only when told to. Its functions are bound: pass `clock.now` or `clock.seconds` on. */
export interface Clock {
  /** Milliseconds, as `Date.now`. */
  readonly now: () => number
  /** Whole Unix seconds. */
  readonly seconds: () => number
  readonly advance: (seconds: number) => void
  /** Milliseconds; may go back. */
  readonly set: (now: number) => void
}

/** Starts at 2026-01-01T00:00:00Z unless told otherwise (milliseconds). */
export function createClock(start: number = Date.UTC(2026, 0, 1)): Clock {
  let current = start
  return {
    now: () => current,
    seconds: () => Math.floor(current / 1000),
    advance: (seconds) => {
      current += seconds * 1000
    },
    set: (now) => {
      current = now
    },
  }
}

/** The machine's clock in the same shape, for servers that cannot be given another one. It refuses to be moved. */
export const systemClock: Clock = {
  now: () => Date.now(),
  seconds: () => Math.floor(Date.now() / 1000),
  advance: () => {
    throw new Error('The system clock cannot be moved: pass createClock() to every party of the test.')
  },
  set: () => {
    throw new Error('The system clock cannot be set: pass createClock() to every party of the test.')
  },
}
