import { keyText, parseExpiry, parseStored, sweepDelaySeconds } from '@portico/storage'
import type { Key, Storage, StoredRow } from '@portico/storage'

import type { PostgresClient } from './postgres-client.ts'
import { codeOf, unavailable } from './unavailable.ts'

/** Options of {@link postgresStorage}. */
export interface PostgresStorageOptions {
  /** The clock, in Unix seconds. */
  readonly now?: () => number
}

const id = `sha256(convert_to($1::text, 'UTF8'))`
const columns = 'key, value, version, "group", expires_at AS "expiresAt"'
const live = (time: string): string => `(r.expires_at IS NULL OR r.expires_at > ${time})`
const changes = `version = nextval('portico_versions'), "group" = $2, expires_at = $3, value = $4`
const upsert = `INSERT INTO portico_records AS r (id, key, "group", expires_at, value)
  VALUES (${id}, $1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET ${changes}`

/** Each verb is one statement, and so atomic. */
const sql = {
  get: `SELECT ${columns} FROM portico_records r WHERE id = ${id} AND ${live('$2')}`,
  set: `${upsert} RETURNING true`,
  setAbsent: `${upsert} WHERE r.expires_at <= $5 RETURNING true`,
  setVersion: `UPDATE portico_records r SET ${changes}
    WHERE id = ${id} AND ${live('$5')} AND version::double precision = $6 RETURNING true`,
  take: `DELETE FROM portico_records r WHERE id = ${id} AND ${live('$2')} RETURNING ${columns}`,
  delete: `DELETE FROM portico_records WHERE id = ${id}`,
  list: `SELECT ${columns} FROM portico_records r WHERE "group" = $1 AND ${live('$2')}`,
  // In the order of the ids: two of them at once do not wait for each other in a circle.
  deleteGroup: `DELETE FROM portico_records WHERE id IN
    (SELECT id FROM portico_records WHERE "group" = $1 ORDER BY id FOR UPDATE)`,
  sweep: `DELETE FROM portico_records WHERE id IN
    (SELECT id FROM portico_records WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
} as const

/** After so many writes a process removes expired records, up to four times as many as it has written. */
const sweepInterval = 64

/** serialization_failure and deadlock_detected: PostgreSQL asks to try again, and somebody else has got on. */
const repeatable = new Set(['40001', '40P01'])
const attempts = 50

/**
 * Keeps records in PostgreSQL 11 or newer, for any number of processes and machines. The tables have to be there
 * ({@link migratePostgres}). Connections, their limits and timeouts are the client's affair.
 */
export function postgresStorage(
  client: PostgresClient,
  { now = () => Date.now() / 1000 }: PostgresStorageOptions = {},
): Storage {
  let writes = 0

  async function run(text: string, ...values: unknown[]): Promise<readonly unknown[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await client.query(text, values)).rows
      } catch (error) {
        if (attempt >= attempts || !repeatable.has(codeOf(error) ?? '')) throw unavailable(error)
      }
    }
  }

  async function one(text: string, key: Key) {
    const [row] = await run(text, keyText(key), now())
    return row === undefined ? undefined : parseStored(row as StoredRow)
  }

  return {
    get: (key) => one(sql.get, key),

    async set(key, { value, group, expiresAt }, when) {
      const groupText = group === undefined ? null : JSON.stringify(group)
      const entry = [keyText(key), groupText, parseExpiry(expiresAt) ?? null, JSON.stringify(value)]
      if (++writes % sweepInterval === 0) await run(sql.sweep, now() - sweepDelaySeconds, 4 * sweepInterval)
      const written =
        when === undefined
          ? await run(sql.set, ...entry)
          : await (when === 'absent'
              ? run(sql.setAbsent, ...entry, now())
              : run(sql.setVersion, ...entry, now(), when.version))
      return written.length > 0
    },

    take: (key) => one(sql.take, key),

    async delete(key) {
      await run(sql.delete, keyText(key))
    },

    async list(group) {
      const rows = await run(sql.list, JSON.stringify(group), now())
      return rows.map((row) => parseStored(row as StoredRow))
    },

    async deleteGroup(group) {
      await run(sql.deleteGroup, JSON.stringify(group))
    },
  }
}
