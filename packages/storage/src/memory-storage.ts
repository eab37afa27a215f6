import { ExpiryQueue } from './expiry-queue.ts'
import { type Grouped, GroupIndex } from './group-index.ts'
import { snapshot } from './snapshot.ts'
import { sweepDelaySeconds } from './storage.ts'
import type { Entry, JsonValue, Key, Storage, Stored } from './storage.ts'

/** Options of {@link memoryStorage}. */
export interface MemoryStorageOptions {
  /** The clock, in Unix seconds. */
  readonly now?: () => number
}

interface Held extends Grouped {
  stored: Stored
  expiresAt: number
  place: number
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

  const isLive = (held: Held): boolean => held.expiresAt > now()

  function find([kind, id]: Key): Held | undefined {
    const held = kinds.get(kind)?.get(id)
    return held !== undefined && isLive(held) ? held : undefined
  }

  function link(stored: Stored): void {
    const [kind, id] = stored.key
    const expiresAt = stored.expiresAt ?? Infinity
    const held: Held = { stored, expiresAt, place: -1, before: undefined, after: undefined }
    const ids = kinds.get(kind)
    if (ids === undefined) kinds.set(kind, new Map([[id, held]]))
    else ids.set(id, held)
    if (stored.group !== undefined) groups.add(stored.group, held)
    if (expiresAt !== Infinity) expiries.add(held)
  }

  /** Puts a record in the place of another with its key, and moves only what differs. */
  function relink(held: Held, stored: Stored): void {
    const { group } = held.stored
    const expiresAt = stored.expiresAt ?? Infinity
    held.stored = stored
    if (group !== stored.group) {
      if (group !== undefined) groups.remove(group, held)
      if (stored.group !== undefined) groups.add(stored.group, held)
    }
    if (expiresAt !== held.expiresAt) {
      expiries.remove(held)
      held.expiresAt = expiresAt
      if (expiresAt !== Infinity) expiries.add(held)
    }
  }

  function unlink(held: Held): void {
    const { key, group } = held.stored
    const ids = kinds.get(key[0])
    if (ids?.delete(key[1]) && ids.size === 0) kinds.delete(key[0])
    if (group !== undefined) groups.remove(group, held)
    expiries.remove(held)
  }

  function sweep(): void {
    const deadline = now() - sweepDelaySeconds
    for (let left = sweepSlice; left > 0; left--) {
      const first = expiries.first()
      if (first === undefined || first.expiresAt > deadline) return
      unlink(first)
    }
  }

  return {
    async get(key) {
      return find(key)?.stored
    },

    async set(key, entry, when) {
      const value = snapshot(entry.value)
      sweep()
      const held = kinds.get(key[0])?.get(key[1])
      const live = held !== undefined && isLive(held) ? held.stored : undefined
      if (when === 'absent' && live !== undefined) return false
      if (typeof when === 'object' && live?.version !== when.version) return false
      const stored = frozen(held?.stored.key ?? Object.freeze([key[0], key[1]]), ++lastVersion, value, entry)
      if (held === undefined) link(stored)
      else relink(held, stored)
      return true
    },

    async take(key) {
      const held = find(key)
      if (held !== undefined) unlink(held)
      return held?.stored
    },

    // Deletes what has expired, too: what was revoked while the clock was wrong stays revoked.
    async delete([kind, id]) {
      const held = kinds.get(kind)?.get(id)
      if (held !== undefined) unlink(held)
    },

    async list(group) {
      return groups
        .members(group)
        .filter(isLive)
        .map(({ stored }) => stored)
    },

    async deleteGroup(group) {
      for (const held of groups.members(group)) unlink(held)
    },
  }
}

function frozen(key: Key, version: number, value: JsonValue, { group, expiresAt }: Entry): Stored {
  const stored: { -readonly [Member in keyof Stored]: Stored[Member] } = { key, version, value }
  if (group !== undefined) stored.group = group
  if (expiresAt !== undefined) stored.expiresAt = expiresAt
  return Object.freeze(stored)
}
