export type { RedisClient } from './redis-client.ts'
export { redisStorage } from './redis-storage.ts'
export type { RedisStorageOptions } from './redis-storage.ts'
