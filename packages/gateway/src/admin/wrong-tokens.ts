const allowedPerMinute = 10
const maximumRemembered = 10_000

/** Who guessed at the admin token: after too many wrong ones an address has to wait, loopback like any other. */
export interface WrongTokens {
  /** @returns the seconds that this address has to wait, 0 for none */
  wait(address: string | undefined): number
  /** @returns whether it was one too many */
  note(address: string | undefined): boolean
}

/** Counts in this process only: a listener belongs to one process. */
export function countWrongTokens(now: () => number): WrongTokens {
  const counts = new Map<string, number>()
  let minute = 0
  const current = (): ReadonlyMap<string, number> => {
    const began = Math.floor(now() / 60)
    if (began !== minute) counts.clear()
    minute = began
    return counts
  }
  // With more addresses than that, the rest shares one count: nobody gets further guesses by having more of them.
  const keyOf = (address = 'unknown'): string =>
    counts.has(address) || counts.size < maximumRemembered ? address : 'others'
  return {
    wait(address) {
      const isTooMany = (current().get(keyOf(address)) ?? 0) >= allowedPerMinute
      return isTooMany ? (minute + 1) * 60 - now() : 0
    },
    note(address) {
      const key = keyOf(address)
      const count = (current().get(key) ?? 0) + 1
      counts.set(key, count)
      return count === allowedPerMinute
    },
  }
}
