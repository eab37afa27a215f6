import type { Storage } from '@portico/storage'

import { sha256Text } from '../digest.ts'
import { OAuthError } from '../oauth-error.ts'
import { records } from '../records.ts'

/** Length of a window. Windows begin at whole multiples of it, the same on all nodes. */
export const windowSeconds = 60
/** Of this many nodes that write one counter at the same moment each gets its turn. */
const maxAttempts = 64

/** What one owner has used up in the current window, by what is counted. */
export type Counts = Readonly<Record<string, number>>

/** Counts in fixed windows, over all nodes: the numbers are in the storage, and end with their window. */
export interface WindowCounters {
  /**
   * Adds one to `name` of `owner`.
   *
   * @returns the owner's counts, this one included
   * @throws {StorageUnavailableError} when nobody can count
   */
  add(owner: string, name: string): Promise<Counts>
}

export interface WindowCountersOptions {
  readonly storage: Storage
  /** Unix seconds. */
  readonly now: () => number
}

interface Batch {
  readonly added: Map<string, number>
  /** The counts before this batch. */
  readonly before: Promise<Counts>
}

export function createWindowCounters({ storage, now }: WindowCountersOptions): WindowCounters {
  // One write at a time per record and process: what comes meanwhile goes into the next one, all of it at once.
  const waiting = new Map<string, Batch>()
  const writing = new Map<string, Promise<unknown>>()

  const begin = (id: string, endsAt: number): Batch => {
    const added = new Map<string, number>()
    const write = () => {
      waiting.delete(id)
      return addCounts(storage, id, added, endsAt)
    }
    const running = writing.get(id)
    const before = running ? running.then(write, write) : Promise.resolve().then(write)
    const forget = () => {
      if (writing.get(id) === before) writing.delete(id)
    }
    writing.set(id, before)
    before.then(forget, forget)
    const batch = { added, before }
    waiting.set(id, batch)
    return batch
  }

  return {
    async add(owner, name) {
      const window = Math.floor(now() / windowSeconds)
      const id = sha256Text(JSON.stringify([owner, window]))
      const batch = waiting.get(id) ?? begin(id, (window + 1) * windowSeconds)
      const place = (batch.added.get(name) ?? 0) + 1
      batch.added.set(name, place)
      const before = await batch.before
      return { ...before, [name]: (before[name] ?? 0) + place }
    },
  }
}

async function addCounts(
  storage: Storage,
  id: string,
  added: ReadonlyMap<string, number>,
  endsAt: number,
): Promise<Counts> {
  const windows = records(storage, 'rate-window')
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const found = await windows.get(id)
    const before = found?.value.counts ?? {}
    const counts = { ...before }
    for (const [name, count] of added) counts[name] = (counts[name] ?? 0) + count
    const written = found
      ? await windows.replace(found, { counts })
      : await windows.set(id, { counts }, { expiresAt: endsAt, when: 'absent' })
    if (written) return before
  }
  throw new OAuthError('temporarily_unavailable', 'Too much happens at once. Try again shortly.', {
    headers: { 'retry-after': '1' },
  })
}
