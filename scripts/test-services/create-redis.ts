import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import { lastingPort, startProcess } from './server-process.ts'
import type { RestartableServer } from './server-process.ts'

/** The path of `redis-server`, or of `valkey-server` where that is installed alone; undefined when neither is. */
export function findRedis(): string | undefined {
  return findProgram('redis-server') ?? findValkey()
}

/** The path of `valkey-server`; undefined when it is not installed. */
export function findValkey(): string | undefined {
  return findProgram('valkey-server')
}

function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path))
}

/** An empty Redis or Valkey on loopback that is not started yet; it writes nothing down unless its settings say so. */
export async function createRedis(
  program: string,
  settings: readonly string[] = [],
): Promise<RestartableServer & { readonly port: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'portico-redis-'))
  const port = await lastingPort()
  const own = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', directory]
  let stop: RestartableServer['stop'] = () => Promise.resolve()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const ready = /ready to accept connections/i
      stop = await startProcess(program, [...own, ...settings], { directory, ready })
    },
    stop: (signal) => stop(signal),
    async remove() {
      await stop()
      rmSync(directory, { recursive: true })
    },
  }
}
