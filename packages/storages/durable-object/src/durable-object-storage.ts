import { keyText, parseExpiry, parseStored, StorageUnavailableError } from '@portico/storage'
import type { Key, Storage, Stored } from '@portico/storage'

import type { DurableObjectNamespace } from './durable-object.ts'
import type { VerbAnswer, VerbCall } from './verb.ts'

/** Options of {@link durableObjectStorage}. */
export interface DurableObjectStorageOptions {
  /** The clock, in Unix seconds. */
  readonly now?: () => number
  /** Which object of the namespace holds the records; default `portico`. */
  readonly name?: string
}

/** Keeps records in one Durable Object: every Worker that names it, wherever it runs, shares them. */
export function durableObjectStorage<Id>(
  namespace: DurableObjectNamespace<Id>,
  { now = () => Date.now() / 1000, name = 'portico' }: DurableObjectStorageOptions = {},
): Storage {
  async function ask(call: VerbCall): Promise<VerbAnswer> {
    try {
      // A stub belongs to one request, and does not work any more after a failure: each call has its own.
      const stub = namespace.get(namespace.idFromName(name))
      const response = await stub.fetch('https://storage.internal/', {
        method: 'POST',
        body: JSON.stringify(call),
      })
      if (!response.ok) throw new Error(`it answered ${response.status}`)
      return (await response.json()) as VerbAnswer
    } catch (cause) {
      throw new StorageUnavailableError('The Durable Object that holds the records cannot answer.', { cause })
    }
  }

  async function one(verb: 'get' | 'take', key: Key): Promise<Stored | undefined> {
    const [row] = await ask({ verb, key: keyText(key), now: now() })
    return row && parseStored(row)
  }

  return {
    get: (key) => one('get', key),
    take: (key) => one('take', key),

    async set(key, { value, group, expiresAt }, when) {
      const written = await ask({
        verb: 'set',
        key: keyText(key),
        value: JSON.stringify(value),
        group: group === undefined ? null : JSON.stringify(group),
        expiresAt: parseExpiry(expiresAt) ?? null,
        when: when ?? null,
        now: now(),
      })
      return written.length > 0
    },

    async delete(key) {
      await ask({ verb: 'delete', key: keyText(key), now: now() })
    },

    async list(group) {
      return (await ask({ verb: 'list', group: JSON.stringify(group), now: now() })).map(parseStored)
    },

    async deleteGroup(group) {
      await ask({ verb: 'deleteGroup', group: JSON.stringify(group), now: now() })
    },
  }
}
