import type { Storage } from '@portico/storage'

/** A storage, and how to let go of what is behind it. */
export interface StorageConnection {
  readonly storage: Storage
  readonly close: () => Promise<void>
}
