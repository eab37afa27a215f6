import { memoryStorage, type Storage } from '@portico/storage'
import type { Clock } from '@portico/test-peers'

export interface InterruptedStorage {
  readonly storage: (clock: Clock) => Storage
  /** Lets something else happen, once, right before the next record of the kind is written. */
  readonly interrupt: (action: () => Promise<unknown>) => void
}

/** Records in memory, and a moment in which two requests get in each other's way. */
export function interruptedStorage(kind: string): InterruptedStorage {
  let next: (() => Promise<unknown>) | undefined
  return {
    interrupt(action) {
      next = action
    },
    storage(clock) {
      const inner = memoryStorage({ now: clock.seconds })
      return {
        ...inner,
        async set(key, entry, when) {
          const action = key[0] === kind ? next : undefined
          if (action) next = undefined
          await action?.()
          return inner.set(key, entry, when)
        },
      }
    },
  }
}
