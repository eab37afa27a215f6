import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { runCommand } from '../run-command.ts'
import { freePort, startProcess, type Server } from './server-process.ts'

/** The path of `valkey-server` or `redis-server`; undefined when neither is installed. */
export function findRedis(): string | undefined {
  return ['valkey-server', 'redis-server']
    .flatMap((program) =>
      (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, program)),
    )
    .find((path) => existsSync(path))
}

/**
 * One Redis or Valkey, a cluster of three, and a primary with a replica and a sentinel: all on loopback, all in memory,
 * all gone when they are stopped.
 */
export async function startRedis(server: string): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-redis-'))
  const stops: (() => Promise<void>)[] = []
  const start = async (...settings: readonly string[]): Promise<number> => {
    const port = await freePort()
    const own = join(directory, String(port))
    mkdirSync(own)
    const listen = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', own]
    stops.push(
      await startProcess(server, [...listen, ...settings], {
        directory: own,
        ready: /ready to accept connections/i,
      }),
    )
    return port
  }
  const stop = async (): Promise<void> => {
    await Promise.all(stops.map((stop) => stop()))
    rmSync(directory, { recursive: true })
  }

  try {
    const single = await start()

    const nodes: number[] = []
    for (let count = 0; count < 3; count++) {
      nodes.push(await start('--cluster-enabled', 'yes', '--cluster-port', String(await freePort())))
    }
    const client = server.replace(/server$/, 'cli')
    const addresses = nodes.map((port) => `127.0.0.1:${port}`)
    await runCommand(client, ['--cluster', 'create', ...addresses, '--cluster-yes'])

    const primary = await start()
    await start('--replicaof', '127.0.0.1', String(primary))
    const sentinel = await freePort()
    const settings = join(directory, 'sentinel.conf')
    writeFileSync(
      settings,
      `bind 127.0.0.1\nport ${sentinel}\ndir ${directory}\nsentinel monitor portico 127.0.0.1 ${primary} 1\n`,
    )
    stops.push(await startProcess(server, [settings, '--sentinel'], { directory, ready: /\+monitor master/ }))

    return {
      environment: {
        PORTICO_TEST_REDIS_URL: `redis://127.0.0.1:${single}`,
        PORTICO_TEST_REDIS_CLUSTER_URL: `redis://127.0.0.1:${nodes[0]}`,
        PORTICO_TEST_REDIS_SENTINEL_URL: `redis://127.0.0.1:${sentinel}`,
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
