import { StorageUnavailableError } from '@portico/storage'
import { redisStorage } from '@portico/storage-redis'
import type { RedisClient } from '@portico/storage-redis'
import type * as redisModule from 'redis'

import { optionalPackage } from './optional-package.ts'
import type { StorageConnection } from './storage-connection.ts'
import type { RedisSetting } from './storage-setting.ts'

type Redis = typeof redisModule

interface Connection extends RedisClient {
  readonly connect: () => Promise<unknown>
  readonly close: () => void
}

const connectTimeoutMs = 5_000
const answerTimeoutMs = 10_000
const longestPauseMs = 2_000

/**
 * Connects through `redis` (node-redis), which finds the primary behind Sentinel and the nodes of a cluster.
 *
 * @throws {StorageUnavailableError} when nobody answers
 */
export async function openRedis(setting: RedisSetting, workingDirectory: string): Promise<StorageConnection> {
  const redis = await optionalPackage<Redis>('redis', workingDirectory)
  const client = await connect(redis, setting)
  const storage = redisStorage({
    sendCommand: (command) => inTime(client.sendCommand(command), answerTimeoutMs),
  })
  try {
    await storage.get(['readiness', 'probe'])
  } catch (error) {
    client.close()
    throw error
  }
  return {
    storage,
    close: () => {
      client.close()
      return Promise.resolve()
    },
  }
}

async function connect(redis: Redis, setting: RedisSetting): Promise<Connection> {
  let connected = false
  const options = clientOptions(setting, () => connected)
  const client = connectionTo[setting.topology](redis, setting, options)
  try {
    await inTime(client.connect(), connectTimeoutMs)
  } catch (cause) {
    closeUnconnected(client)
    throw new StorageUnavailableError(`Redis cannot answer (${codeOf(cause)})`, { cause })
  }
  connected = true
  return client
}

/** A client that goes on looking for its server keeps the process alive; one that has given up refuses to be closed. */
function closeUnconnected(client: Connection): void {
  try {
    client.close()
  } catch {
    // It was closed already.
  }
}

const connectionTo: Readonly<
  Record<
    RedisSetting['topology'],
    (redis: Redis, setting: RedisSetting, options: ClientOptions) => Connection
  >
> = { single, sentinel, cluster }

type ClientOptions = ReturnType<typeof clientOptions>

function clientOptions({ username, password, nodes }: RedisSetting, isConnected: () => boolean) {
  const socket = {
    connectTimeout: connectTimeoutMs,
    socketTimeout: answerTimeoutMs,
    // Who starts wants to know that nobody answers; later on the connection is made anew until it stands.
    reconnectStrategy: (retries: number) => isConnected() && Math.min(50 * 2 ** retries, longestPauseMs),
    ...(nodes[0]?.startsWith('rediss:') && { tls: true as const }),
  }
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    // What cannot be sent now fails now: a command that waits may be executed after its caller has given up.
    disableOfflineQueue: true,
    pingInterval: 3_000,
    socket,
  }
}

// Failures reach the callers of the commands that failed.
const ignored = (): void => undefined

function single(
  { createClient }: Redis,
  { nodes: [url = ''], database }: RedisSetting,
  options: ClientOptions,
) {
  const client = createClient({ url, ...(database !== undefined && { database }), ...options }).on(
    'error',
    ignored,
  )
  return {
    connect: () => client.connect(),
    sendCommand: (command: string[]) => client.sendCommand(command),
    close: () => client.destroy(),
  }
}

function sentinel({ createSentinel }: Redis, setting: RedisSetting, options: ClientOptions) {
  const client = createSentinel({
    name: setting.primary ?? '',
    sentinelRootNodes: setting.nodes.map((node) => {
      const { hostname, port } = new URL(node)
      return { host: hostname, port: Number(port || '26379') }
    }),
    nodeClientOptions: { ...options, ...(setting.database !== undefined && { database: setting.database }) },
  }).on('error', ignored)
  return {
    connect: () => client.connect(),
    sendCommand: (command: string[]) => client.sendCommand(false, command),
    close: () => client.destroy(),
  }
}

function cluster({ createCluster }: Redis, { nodes }: RedisSetting, options: ClientOptions) {
  const client = createCluster({ rootNodes: nodes.map((url) => ({ url })), defaults: options }).on(
    'error',
    ignored,
  )
  return {
    connect: () => client.connect(),
    // All keys carry this hash tag, the prefix of the storage.
    sendCommand: (command: string[]) => client.sendCommand('{portico}', false, command),
    close: () => client.destroy(),
  }
}

/** A server that no longer answers keeps nobody waiting; whether the command was executed is then unknown. */
async function inTime<Result>(answer: Promise<Result>, timeoutMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_resolve, reject) => {
    const late = Object.assign(new Error('No answer in time'), { code: 'ETIMEDOUT' })
    timer = setTimeout(() => reject(late), timeoutMs)
  })
  try {
    return await Promise.race([answer, expired])
  } finally {
    clearTimeout(timer)
  }
}

function codeOf(error: unknown): string {
  const { code, message } = Object(error) as { readonly code?: unknown; readonly message?: unknown }
  if (typeof code === 'string') return code
  // An answer of the server begins with a word in capitals: WRONGPASS, NOAUTH.
  return /^[A-Z]{2,}(?= )/.exec(typeof message === 'string' ? message : '')?.[0] ?? 'no error code'
}
