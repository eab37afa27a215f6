import { StorageUnavailableError } from '@portico/storage'

/** The SQLSTATE or system error code that a driver reports. */
export function codeOf(error: unknown): string | undefined {
  const { code } = Object(error) as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}

/** What a client threw, for the callers of a storage. Its message stays in the cause: it may quote what was sent. */
export function unavailable(cause: unknown): StorageUnavailableError {
  if (cause instanceof StorageUnavailableError) return cause
  const code = codeOf(cause)
  // undefined_table
  const remedy = code === '42P01' ? ': the tables are missing, run migratePostgres or schema.sql' : ''
  return new StorageUnavailableError(`PostgreSQL cannot answer (${code ?? 'no error code'})${remedy}`, {
    cause,
  })
}
