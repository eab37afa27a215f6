import { readFileSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'

/** A row of the table of SQLite. */
interface Row {
  readonly version: number
  readonly key: string
  readonly group: string | null
  readonly expires_at: number | null
  readonly value: string
}

/** A database in the words of each storage: the same records, in the schema of the release that writes them. */
export interface Dump {
  readonly sqlite: string
  readonly postgres: string
  /** Commands. */
  readonly redis: readonly (readonly string[])[]
}

export function dumpOf(database: DatabaseSync): Dump {
  const rows = database.prepare('SELECT * FROM records ORDER BY version').all() as unknown as readonly Row[]
  return { sqlite: sqliteDump(database, rows), postgres: postgresDump(rows), redis: redisDump(rows) }
}

function sqliteDump(database: DatabaseSync, rows: readonly Row[]): string {
  const schema = database
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all() as { readonly sql: string }[]
  const pragmas = ['application_id', 'user_version'].map((name) => {
    const row = database.prepare(`PRAGMA ${name}`).get() as Readonly<Record<string, number>>
    return `PRAGMA ${name} = ${row[name]}`
  })
  const inserts = rows.map(
    ({ version, key, group, expires_at: expiresAt, value }) =>
      `INSERT INTO records (version, key, "group", expires_at, value) VALUES (${[version, text(key), text(group), expiresAt ?? 'NULL', text(value)].join(', ')})`,
  )
  return lines([...schema.map(({ sql }) => sql), ...pragmas, ...inserts])
}

function postgresDump(rows: readonly Row[]): string {
  const manifest = fileURLToPath(import.meta.resolve('@portico/storage-postgres/package.json'))
  const schema = readFileSync(manifest.replace(/package\.json$/, 'schema.sql'), 'utf8')
    .trim()
    .replace(/;$/, '')
  const inserts = rows.map(
    ({ key, group, expires_at: expiresAt, value }) =>
      `INSERT INTO portico_records (id, key, "group", expires_at, value) VALUES (sha256(convert_to(${text(key)}, 'UTF8')), ${[text(key), text(group), expiresAt ?? 'NULL', text(value)].join(', ')})`,
  )
  return lines([schema, ...inserts])
}

function redisDump(rows: readonly Row[]): string[][] {
  const prefix = '{portico}:'
  const last = rows.at(-1)?.version ?? 0
  return [
    ...rows.flatMap(({ version, key, group, expires_at: expiresAt, value }) => {
      const fields = ['version', String(version), 'value', value]
      if (group !== null) fields.push('group', group)
      if (expiresAt !== null) fields.push('expires', String(expiresAt))
      const record = ['HSET', `${prefix}record:${key}`, ...fields]
      return group === null ? [record] : [record, ['ZADD', `${prefix}group:${group}`, '+inf', key]]
    }),
    ['SET', `${prefix}version`, String(last)],
  ]
}

function text(value: string | null): string {
  return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`
}

function lines(statements: readonly string[]): string {
  return statements.map((statement) => `${statement};\n`).join('')
}
