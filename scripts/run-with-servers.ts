import { spawn } from 'node:child_process'
import { once } from 'node:events'

import type { Server } from './test-services/server-process.ts'

/**
 * Starts servers one after the other, runs a command with their addresses in its environment, and stops them whatever
 * came of it. A signal goes to the command, so that the servers are stopped after it.
 *
 * @returns the exit code of the command
 */
export async function runWithServers(
  starts: readonly (() => Promise<Server>)[],
  [program, ...programArguments]: readonly [string, ...string[]],
): Promise<number> {
  const servers: Server[] = []
  try {
    for (const start of starts) servers.push(await start())
    const environment = Object.assign({}, ...servers.map(({ environment }) => environment)) as object
    const child = spawn(program, programArguments, {
      stdio: 'inherit',
      env: { ...process.env, ...environment },
    })
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward)
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 1
  } finally {
    for (const server of servers) await server.stop()
  }
}
