import { type Expiring, ExpiryQueue } from './expiry-queue.ts'
import { type Grouped, GroupIndex } from './group-index.ts'
import { snapshot } from './snapshot.ts'
import { sweepDelaySeconds } from './storage.ts'
import type { Entry, JsonValue, Key, Storage, Stored } from './storage.ts'

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
  place = -1
  before: this | undefined = undefined
  after: this | undefined = undefined

  constructor([kind, id]: Key) {
    this.kind = kind
    this.id = id
  }
}

/** How many expired records one write removes at most: more than it can add, and never a long pause. */
const sweepSlice = 8

/**
 * Keeps records in this process: for tests, for trying things out, and for a single process that may forget.
 * What is read is a frozen snapshot taken when it was written.
 */
export function memoryStorage({ now = () => Date.now() / 1000 }: MemoryStorageOptions = {}): Storage {
  const kinds = new Map<string, Map<string, Held>>()
  const groups = new GroupIndex<Held>()
  const expiries = new ExpiryQueue<Held>()
  // One counter for all keys: a version never comes back, not even after a record was deleted and written anew.
  let lastVersion = 0

  const isLive = (held: Held): boolean => held.expiresAt === undefined || held.expiresAt > now()

  function find([kind, id]: Key): Held | undefined {
    const held = kinds.get(kind)?.get(id)
    return held !== undefined && isLive(held) ? held : undefined
  }

  function link(key: Key): Held {
    const [kind, id] = key
    const held = new Held(key)
    const ids = kinds.get(kind)
    if (ids === undefined) kinds.set(kind, new Map([[id, held]]))
    else ids.set(id, held)
    return held
  }

  /** Moves only what differs. */
  function place(held: Held, { group, expiresAt }: Entry): void {
    if (group !== held.group) {
      if (held.group !== undefined) groups.remove(held.group, held)
      // The text that the members before have: each brings an equal one of its own.
      held.group = group === undefined ? undefined : (groups.newest(group)?.group ?? group)
      if (held.group !== undefined) groups.add(held.group, held)
    }
    if (expiresAt !== held.expiresAt) {
      expiries.remove(held)
      held.expiresAt = expiresAt
      if (expiresAt !== undefined) expiries.add(held)
    }
  }

  function unlink(held: Held): void {
    const { kind, id, group } = held
    const ids = kinds.get(kind)
    if (ids?.delete(id) && ids.size === 0) kinds.delete(kind)
    if (group !== undefined) groups.remove(group, held)
    expiries.remove(held)
  }

  function sweep(): void {
    const deadline = now() - sweepDelaySeconds
    for (let left = sweepSlice; left > 0; left--) {
      const first = expiries.first()
      if (first?.expiresAt === undefined || first.expiresAt > deadline) return
      unlink(first)
    }
  }

  return {
    async get(key) {
      const held = find(key)
      return held && stored(held)
    },

    async set(key, entry, when) {
      const value = snapshot(entry.value)
      sweep()
      const known = kinds.get(key[0])?.get(key[1])
      const live = known !== undefined && isLive(known) ? known : undefined
      if (when === 'absent' && live !== undefined) return false
      if (typeof when === 'object' && live?.version !== when.version) return false
      const held = known ?? link(key)
      held.value = value
      held.version = ++lastVersion
      place(held, entry)
      return true
    },

    async take(key) {
      const held = find(key)
      if (held === undefined) return undefined
      unlink(held)
      return stored(held)
    },

    // Deletes what has expired, too: what was revoked while the clock was wrong stays revoked.
    async delete([kind, id]) {
      const held = kinds.get(kind)?.get(id)
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
function stored({ kind, id, version, value, group, expiresAt }: Held): Stored {
  const copy: { -readonly [Member in keyof Stored]: Stored[Member] } = {
    key: Object.freeze([kind, id] as const),
    version,
    value,
  }
  if (group !== undefined) copy.group = group
  if (expiresAt !== undefined) copy.expiresAt = expiresAt
  return Object.freeze(copy)
}
