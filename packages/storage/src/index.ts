export { memoryStorage } from './memory-storage.ts'
export type { MemoryStorageOptions } from './memory-storage.ts'
export { StorageUnavailableError, sweepDelaySeconds } from './storage.ts'
export type { Condition, Entry, JsonValue, Key, Storage, Stored } from './storage.ts'
