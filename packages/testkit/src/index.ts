export { describeProvider } from './describe-provider.ts'
export { describeStorage } from './describe-storage.ts'
export type { DescribeStorageOptions, OpenStorage } from './describe-storage.ts'
export { serveStorage, spawnStorage } from './storage-process.ts'
export type {
  DescribeProviderOptions,
  IdentityCase,
  ProviderOptionValues,
} from './provider-checks/provider-case.ts'
