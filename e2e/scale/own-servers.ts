// Servers that a test starts, stops and replaces itself: those of `pnpm with:services`, which belong to no package.

// @boundaries-ignore scripts of the workspace
export { createRedis, findRedis } from '../../scripts/test-services/create-redis.ts'
// @boundaries-ignore scripts of the workspace
export type { RestartableServer } from '../../scripts/test-services/server-process.ts'
// @boundaries-ignore scripts of the workspace
export { createPostgres, findPostgres } from '../../scripts/test-services/start-postgres.ts'
// @boundaries-ignore scripts of the workspace
export {
  createClusterNode,
  startRedisCluster,
  startRedisSentinel,
} from '../../scripts/test-services/start-redis.ts'
