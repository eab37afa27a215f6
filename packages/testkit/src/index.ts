export { describeStorage } from './describe-storage.ts'
export type { DescribeStorageOptions, OpenStorage } from './describe-storage.ts'
export { serveStorage, spawnStorage } from './storage-process.ts'
