/** What is bound: nothing else is ever stored. */
export type SqliteValue = string | number | null

/** The part of a synchronous SQLite handle that is used: node:sqlite, bun:sqlite, better-sqlite3 and libsql have it. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
}

/** A prepared statement; values are bound by position. */
export interface SqliteStatement {
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): unknown[]
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
}
