import type { Key, Storage } from '@portico/storage'

/** A storage that can be looked into, which its users cannot. */
export interface GrowingStorage {
  readonly storage: Storage
  readonly recordCount: () => Promise<number>
  /** Records that expired before this, in Unix seconds, and are still there. */
  readonly expiredCount: (before: number) => Promise<number>
  /** Some of the registered clients, at random. */
  readonly clientKeys: (limit: number) => Promise<readonly Key[]>
  /** What tables and indexes take, after what the database does for its files by itself from time to time. */
  readonly bytes: () => Promise<number>
  /**
   * Microseconds, from any beginning: of CPU of all threads where the storage works in this process, and of time where a
   * server does.
   */
  readonly clock: () => number
  /** Gives all free space back, where the database keeps it for new records otherwise. */
  readonly compact?: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens an empty one, with this clock in Unix seconds. */
export type OpenGrowingStorage = (now: () => number) => Promise<GrowingStorage>
