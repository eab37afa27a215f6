/** The part of Bun's SQLite that is used. */
declare module 'bun:sqlite' {
  import type { SqliteDatabase } from '@portico/storage-sqlite'

  export const Database: new (file: string) => SqliteDatabase & { close(): void }
}
