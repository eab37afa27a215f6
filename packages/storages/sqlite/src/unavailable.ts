import { StorageUnavailableError } from '@portico/storage'

/** What went wrong in SQLite, for the callers of a storage. SQLite's messages name tables and files, never values. */
export function unavailable(cause: unknown): StorageUnavailableError {
  if (cause instanceof StorageUnavailableError) return cause
  const reason = cause instanceof Error ? cause.message : 'unknown error'
  return new StorageUnavailableError(`SQLite cannot answer: ${reason}`, { cause })
}
