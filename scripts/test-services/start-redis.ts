import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runCommand } from '../run-command.ts'
import { createRedis } from './create-redis.ts'
import { freePort, startProcess } from './server-process.ts'
import type { RestartableServer, Server } from './server-process.ts'

/**
 * One Redis or Valkey, a cluster of three, and a primary with a replica and a sentinel: all on loopback, all in memory,
 * all gone when they are stopped.
 */
export async function startRedis(program: string): Promise<Server> {
  const servers: { readonly url: string; readonly remove: () => Promise<void> }[] = []
  const remove = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.remove()))
  }
  try {
    const single = await createRedis(program)
    servers.push(single)
    await single.start()
    const cluster = await startRedisCluster(program)
    servers.push(cluster)
    const sentinel = await startRedisSentinel(program)
    servers.push(sentinel)
    return {
      environment: {
        PORTICO_TEST_REDIS_URL: single.url,
        PORTICO_TEST_REDIS_CLUSTER_URL: cluster.url,
        PORTICO_TEST_REDIS_SENTINEL_URL: sentinel.url,
      },
      stop: remove,
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** A single Valkey, for the tests that run on it too where it is installed beside Redis. */
export async function startValkey(program: string): Promise<Server> {
  const { url, start, remove } = await createRedis(program)
  await start()
  return { environment: { PORTICO_TEST_VALKEY_URL: url }, stop: remove }
}

/** Several servers that are one to their users. */
export interface RedisGroup {
  /** Of one node of a cluster, or of the sentinel. */
  readonly url: string
  readonly remove: () => Promise<void>
}

/** A cluster of three primaries. */
export async function startRedisCluster(program: string): Promise<RedisGroup> {
  const nodes: RestartableServer[] = []
  try {
    for (let count = 0; count < 3; count++) {
      const node = await createClusterNode(program)
      nodes.push(node)
      await node.start()
    }
    const addresses = nodes.map(({ url }) => new URL(url).host)
    await runCommand(clientOf(program), ['--cluster', 'create', ...addresses, '--cluster-yes'])
  } catch (error) {
    await removeAll(nodes)
    throw error
  }
  return { url: nodes[0]?.url ?? '', remove: () => removeAll(nodes) }
}

/** A server that belongs to no cluster yet. Its bus is 10,000 ports above, where nobody is given a port either. */
export function createClusterNode(program: string): Promise<RestartableServer> {
  return createRedis(program, ['--cluster-enabled', 'yes'])
}

/** A primary with a replica, watched by one sentinel, which knows them as `portico`. */
export async function startRedisSentinel(program: string): Promise<RedisGroup> {
  const nodes: RestartableServer[] = []
  const directory = mkdtempSync(join(tmpdir(), 'portico-sentinel-'))
  const remove = async (): Promise<void> => {
    await removeAll(nodes)
    rmSync(directory, { recursive: true })
  }
  try {
    const primary = await createRedis(program)
    nodes.push(primary)
    await primary.start()
    const replica = await createRedis(program, ['--replicaof', '127.0.0.1', String(primary.port)])
    nodes.push(replica)
    await replica.start()
    const port = await freePort()
    const settings = join(directory, 'sentinel.conf')
    writeFileSync(
      settings,
      `bind 127.0.0.1\nport ${port}\ndir ${directory}\nsentinel monitor portico 127.0.0.1 ${primary.port} 1\n`,
    )
    const ready = /\+monitor master/
    const stop = await startProcess(program, [settings, '--sentinel'], { directory, ready })
    return {
      url: `redis://127.0.0.1:${port}`,
      async remove() {
        await stop()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function removeAll(servers: readonly RestartableServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.remove()))
}

function clientOf(program: string): string {
  return program.replace(/server$/, 'cli')
}
