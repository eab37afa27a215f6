export type { DurableObjectNamespace, DurableObjectState } from './durable-object.ts'
export { durableObjectStorage } from './durable-object-storage.ts'
export type { DurableObjectStorageOptions } from './durable-object-storage.ts'
export { StorageObject } from './storage-object.ts'
