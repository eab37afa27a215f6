import { type Expiring, ExpiryQueue } from './expiry-queue.ts'
import { type Grouped, GroupIndex } from './group-index.ts'
import { parseExpiry } from './parse-expiry.ts'
import { snapshot } from './snapshot.ts'
import { sweepDelaySeconds } from './storage.ts'
import type { JsonValue, Key, Storage, Stored } from './storage.ts'

/** Options of {@link memoryStorage}. */
export interface MemoryStorageOptions {
  /** The clock, in Unix seconds. */
  readonly now?: () => number
}

/** A record, and where it stands: one object, as there may be a million of them. */
class Held implements Grouped, Expiring {
  readonly kind: string
  readonly id: string
  value: JsonValue = null
  version = 0
  group: string | undefined = undefined
  expiresAt: number | undefined = undefined
  minute = -1
  place = -1
  before: this | undefined = undefined
  after: this | undefined = undefined

  constructor(key: Key) {
    this.kind = key[0]
    this.id = key[1]
  }
}

/** How many records one write looks at, to remove those that expired: more than it can add, and never a long pause. */
const sweepSlice = 8

/**
 * Keeps records in this process: for tests, for trying things out, and for a single process that may forget.
 * The value that is read is a frozen snapshot taken when it was written.
 */
export function memoryStorage({ now = () => Date.now() / 1000 }: MemoryStorageOptions = {}): Storage {
  const kinds = new Map<string, Map<string, Held>>()
  const groups = new GroupIndex<Held>()
  const expiries = new ExpiryQueue<Held>()
  // One counter for all keys: a version never comes back, not even after a record was deleted and written anew.
  let lastVersion = 0

  const isLive = (held: Held): boolean => held.expiresAt === undefined || held.expiresAt > now()

  /** Expired or not. Reading a key by its places is cheaper than taking it apart, and every request reads several. */
  const known = (key: Key): Held | undefined => kinds.get(key[0])?.get(key[1])

  function find(key: Key): Held | undefined {
    const held = known(key)
    return held !== undefined && isLive(held) ? held : undefined
  }

  function link(key: Key): Held {
    const held = new Held(key)
    const ids = kinds.get(held.kind)
    if (ids === undefined) kinds.set(held.kind, new Map([[held.id, held]]))
    else ids.set(held.id, held)
    return held
  }

  /** Moves only what differs. */
  function place(held: Held, group: string | undefined, expiresAt: number | undefined): void {
    if (group !== held.group) {
      groups.remove(held)
      if (group !== undefined) groups.add(group, held)
    }
    if (expiresAt !== held.expiresAt) {
      held.expiresAt = expiresAt
      expiries.place(held)
    }
  }

  function unlink(held: Held): void {
    const { kind, id } = held
    const ids = kinds.get(kind)
    if (ids?.delete(id) && ids.size === 0) kinds.delete(kind)
    groups.remove(held)
    expiries.remove(held)
  }

  function sweep(): void {
    const deadline = now() - sweepDelaySeconds
    for (let left = sweepSlice; left > 0; left--) {
      const first = expiries.first(deadline)
      if (first === undefined) return
      if (first.expiresAt !== undefined && first.expiresAt <= deadline) unlink(first)
      else expiries.postpone(first)
    }
  }

  return {
    async get(key) {
      const held = find(key)
      return held && stored(held)
    },

    async set(key, entry, when) {
      const expiresAt = parseExpiry(entry.expiresAt)
      const value = snapshot(entry.value)
      sweep()
      const before = known(key)
      const live = before !== undefined && isLive(before) ? before : undefined
      if (when === 'absent' && live !== undefined) return false
      if (typeof when === 'object' && live?.version !== when.version) return false
      const held = before ?? link(key)
      held.value = value
      held.version = ++lastVersion
      place(held, entry.group, expiresAt)
      return true
    },

    async take(key) {
      const held = find(key)
      if (held === undefined) return undefined
      const taken = stored(held)
      unlink(held)
      return taken
    },

    // Deletes what has expired, too: what was revoked while the clock was wrong stays revoked.
    async delete(key) {
      const held = known(key)
      if (held !== undefined) unlink(held)
    },

    async list(group) {
      return groups.members(group).filter(isLive).map(stored)
    },

    async deleteGroup(group) {
      for (const held of groups.members(group)) unlink(held)
    },
  }
}

/** A record as it is read: later writes change what is held, and nothing that was read. */
const stored = ({ kind, id, version, value, group, expiresAt }: Held): Stored => ({
  key: [kind, id],
  version,
  value,
  group,
  expiresAt,
})
