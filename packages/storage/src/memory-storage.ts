import { ExpiryQueue } from './expiry-queue.ts'
import { snapshot } from './snapshot.ts'
import { sweepDelaySeconds } from './storage.ts'
import type { Key, Storage, Stored } from './storage.ts'

/** Options of {@link memoryStorage}. */
export interface MemoryStorageOptions {
  /** The clock, in Unix seconds. */
  readonly now?: () => number
}

interface Held {
  readonly stored: Stored
  readonly expiresAt: number
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
  const groups = new Map<string, Set<Held>>()
  const expiries = new ExpiryQueue<Held>()
  // One counter for all keys: a version never comes back, not even after a record was deleted and written anew.
  let lastVersion = 0

  function find([kind, id]: Key): Held | undefined {
    const held = kinds.get(kind)?.get(id)
    return held === undefined || held.expiresAt <= now() ? undefined : held
  }

  function link(held: Held): void {
    const { key, group } = held.stored
    const ids = kinds.get(key[0])
    if (ids === undefined) kinds.set(key[0], new Map([[key[1], held]]))
    else ids.set(key[1], held)
    if (group !== undefined) {
      const members = groups.get(group)
      if (members === undefined) groups.set(group, new Set([held]))
      else members.add(held)
    }
    if (held.expiresAt !== Infinity) expiries.add(held)
  }

  function unlink(held: Held): void {
    const { key, group } = held.stored
    const ids = kinds.get(key[0])
    if (ids?.delete(key[1]) && ids.size === 0) kinds.delete(key[0])
    if (group !== undefined) {
      const members = groups.get(group)
      if (members?.delete(held) && members.size === 0) groups.delete(group)
    }
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

    async set(key, { value, group, expiresAt }, when) {
      const copy = snapshot(value)
      const live = find(key)
      if (when === 'absent' && live !== undefined) return false
      if (typeof when === 'object' && live?.stored.version !== when.version) return false
      sweep()
      const previous = kinds.get(key[0])?.get(key[1])
      if (previous !== undefined) unlink(previous)
      const stored: Stored = Object.freeze({
        key: Object.freeze([key[0], key[1]] as const),
        version: ++lastVersion,
        value: copy,
        ...(group !== undefined && { group }),
        ...(expiresAt !== undefined && { expiresAt }),
      })
      link({ stored, expiresAt: expiresAt ?? Infinity, place: -1 })
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
      const time = now()
      const live = [...(groups.get(group) ?? [])].filter(({ expiresAt }) => expiresAt > time)
      return live.map(({ stored }) => stored)
    },

    async deleteGroup(group) {
      for (const held of groups.get(group) ?? []) unlink(held)
    },
  }
}
