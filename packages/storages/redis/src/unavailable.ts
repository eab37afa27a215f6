import { StorageUnavailableError } from '@portico/storage'

/** What a client threw, for the callers of a storage. Its message stays in the cause: it may quote what was sent. */
export function unavailable(cause: unknown): StorageUnavailableError {
  const { code, message } = Object(cause) as { code?: unknown; message?: unknown }
  // An answer of the server begins with a word in capitals: OOM, READONLY, NOSCRIPT, CLUSTERDOWN.
  const [answer] = /^[A-Z]{2,}(?= )/.exec(typeof message === 'string' ? message : '') ?? []
  const reason = answer ?? (typeof code === 'string' ? code : 'no error code')
  return new StorageUnavailableError(`Redis cannot answer (${reason})`, { cause })
}
