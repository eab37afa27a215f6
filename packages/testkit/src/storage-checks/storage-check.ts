import type { Key, Storage } from '@portico/storage'

/** What a check works with. Names from `unique` belong to it alone: the storage may hold other records. */
export interface StorageBench {
  /** Several handles on the same records: connections or processes of their own where the storage can have them. */
  readonly handles: readonly [Storage, ...Storage[]]
  /** The clock all handles go by, in Unix seconds. It never goes back. */
  readonly clock: { readonly now: () => number; readonly advance: (seconds: number) => void }
  readonly unique: (name: string) => string
}

/** One promise of the contract: `run` rejects when the storage breaks it. */
export interface StorageCheck {
  /** A sentence about what a storage does. */
  readonly title: string
  readonly run: (bench: StorageBench) => Promise<void>
}

/** A key of the check's own, and a storage to begin with. */
export function subject({ handles, unique }: StorageBench): { storage: Storage; key: Key; group: string } {
  return { storage: handles[0], key: ['check', unique('id')], group: unique('group') }
}
