import { Cluster, Redis } from 'ioredis'
import { createClient, createCluster, createSentinel } from 'redis'

import type { RedisClient } from '../src/index.ts'

/** A client of the kind that an application would use, and how to close it. */
export interface TestClient extends RedisClient {
  readonly close: () => void
}

/** As the README says: what cannot be sent now fails now. */
const nodeRedisOptions = {
  disableOfflineQueue: true,
  socket: { connectTimeout: 5000, reconnectStrategy: () => 20 },
} as const
const ioredisOptions = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 5000,
  retryStrategy: () => 20,
} as const

const ignored = (): void => undefined

export async function nodeRedis(url: string): Promise<TestClient> {
  const client = createClient({ url, ...nodeRedisOptions }).on('error', ignored)
  await client.connect()
  return { sendCommand: (command) => client.sendCommand(command), close: () => client.destroy() }
}

export async function nodeRedisCluster(url: string, hashTag: string): Promise<TestClient> {
  const cluster = createCluster({ rootNodes: [{ url }], defaults: nodeRedisOptions }).on('error', ignored)
  await cluster.connect()
  return {
    sendCommand: (command) => cluster.sendCommand(hashTag, false, command),
    close: () => cluster.destroy(),
  }
}

export async function nodeRedisSentinel(url: string): Promise<TestClient> {
  const { hostname: host, port } = new URL(url)
  const sentinel = createSentinel({
    name: 'portico',
    sentinelRootNodes: [{ host, port: Number(port) }],
    nodeClientOptions: nodeRedisOptions,
  }).on('error', ignored)
  await sentinel.connect()
  return { sendCommand: (command) => sentinel.sendCommand(false, command), close: () => sentinel.destroy() }
}

export function ioredis(url: string): TestClient {
  const redis = new Redis(url, ioredisOptions).on('error', ignored)
  return {
    sendCommand: ([name = '', ...parameters]) => redis.call(name, ...parameters),
    close: () => redis.disconnect(),
  }
}

export function ioredisCluster(url: string): TestClient {
  const cluster = new Cluster([url], { redisOptions: ioredisOptions }).on('error', ignored)
  return {
    sendCommand: ([name = '', ...parameters]) => cluster.call(name, ...parameters),
    close: () => cluster.disconnect(),
  }
}
