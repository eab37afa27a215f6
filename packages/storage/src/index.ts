export { StorageUnavailableError } from './storage.ts'
export type { Condition, Entry, JsonValue, Key, Storage, Stored } from './storage.ts'
