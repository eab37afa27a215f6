export { type DevAccount, defaultAccounts } from './accounts.ts'
export type { DevClient } from './dev-client.ts'
export { createDevIdp, type DevIdp, type DevIdpOptions } from './dev-idp.ts'
export { createMemoryAdapter } from './memory-adapter.ts'
