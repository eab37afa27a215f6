export type { SqliteDatabase, SqliteStatement, SqliteValue } from './sqlite-database.ts'
export { sqliteStorage } from './sqlite-storage.ts'
export type { SqliteStorageOptions } from './sqlite-storage.ts'
