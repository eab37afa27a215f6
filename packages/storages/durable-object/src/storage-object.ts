import { sweepDelaySeconds } from '@portico/storage'

import type { DurableObjectState } from './durable-object.ts'
import type { VerbAnswer, VerbCall } from './verb.ts'

const columns = 'key, value, version, "group", expires_at AS expiresAt'
const live = '(expires_at IS NULL OR expires_at > ?)'

/** Expired records that one write removes at most. */
const sweepSlice = 16

/** `version` is the row id: AUTOINCREMENT never gives one out twice, not even after the row that had the highest is gone. */
const schema = `
  CREATE TABLE IF NOT EXISTS records (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    "group" TEXT,
    expires_at REAL,
    value TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS records_by_group ON records ("group") WHERE "group" IS NOT NULL;
  CREATE INDEX IF NOT EXISTS records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
`

/**
 * The Durable Object that holds the records, in its own SQLite database. Export it from the Worker and bind it with
 * `new_sqlite_classes`. Its answers leave only after what they tell has been written (output gates).
 */
export class StorageObject {
  readonly #storage: DurableObjectState['storage']

  constructor({ storage }: DurableObjectState) {
    this.#storage = storage
    storage.transactionSync(() => storage.sql.exec(schema))
  }

  /** Only reached through the binding: an object has no address of its own. */
  async fetch(request: Request): Promise<Response> {
    const call = (await request.json()) as VerbCall
    // Nothing else runs in this object while this does; if it throws, nothing of it is kept.
    const answer = this.#storage.transactionSync(() => this.#perform(call))
    return Response.json(answer)
  }

  #perform(call: VerbCall): VerbAnswer {
    const { now } = call
    switch (call.verb) {
      case 'get':
        return this.#rows(`SELECT ${columns} FROM records WHERE key = ? AND ${live}`, call.key, now)
      case 'take':
        return this.#rows(`DELETE FROM records WHERE key = ? AND ${live} RETURNING ${columns}`, call.key, now)
      case 'delete':
        return this.#rows('DELETE FROM records WHERE key = ?', call.key)
      case 'list':
        return this.#rows(`SELECT ${columns} FROM records WHERE "group" = ? AND ${live}`, call.group, now)
      case 'deleteGroup':
        return this.#rows('DELETE FROM records WHERE "group" = ?', call.group)
      case 'set':
        return this.#set(call)
    }
  }

  #set({ key, value, group, expiresAt, when, now }: Extract<VerbCall, { verb: 'set' }>): VerbAnswer {
    const [current] = this.#rows(`SELECT ${columns} FROM records WHERE key = ? AND ${live}`, key, now)
    if (when === 'absent' && current !== undefined) return []
    if (typeof when === 'object' && when !== null && current?.version !== when.version) return []
    this.#rows(
      `DELETE FROM records WHERE version IN
         (SELECT version FROM records WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
      now - sweepDelaySeconds,
      sweepSlice,
    )
    return this.#rows(
      `REPLACE INTO records (key, value, "group", expires_at) VALUES (?, ?, ?, ?) RETURNING ${columns}`,
      key,
      value,
      group,
      expiresAt,
    )
  }

  #rows(query: string, ...values: (string | number | null)[]): VerbAnswer {
    return this.#storage.sql.exec(query, ...values).toArray() as unknown as VerbAnswer
  }
}
