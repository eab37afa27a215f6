export { migratePostgres } from './migrate-postgres.ts'
export type { PostgresClient } from './postgres-client.ts'
export { postgresStorage } from './postgres-storage.ts'
export type { PostgresStorageOptions } from './postgres-storage.ts'
