import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { onTestFinished } from 'vitest'

import type { GatewaySettings } from './open-gateway.ts'

/** A gateway in a process of its own. */
export interface GatewayProcess {
  readonly port: number
  /** SIGKILL: nothing is finished, nothing is closed. Resolves when the process is gone. */
  kill(): Promise<void>
}

/** A process that has loaded everything and waits to be told what to serve. */
export interface WaitingProcess {
  serve(settings: GatewaySettings): Promise<GatewayProcess>
}

const script = fileURLToPath(new URL('./gateway-process.ts', import.meta.url))

/** The next message of a child, or the end of it as an error. */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const aborted = new AbortController()
  const { signal } = aborted
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]: unknown[]) => message),
      once(child, 'exit', { signal }).then(([code]: unknown[]) => {
        throw new Error(`The gateway's process ended by itself (${String(code)}).`)
      }),
    ])
  } finally {
    aborted.abort()
  }
}

/** Starts a process that ends with the test at the latest. */
export async function loadGateway(): Promise<WaitingProcess> {
  const child = fork(script, {
    execArgv: ['--conditions=@portico/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  onTestFinished(kill)
  await nextMessage(child)
  return {
    async serve(settings) {
      child.send(settings)
      const { port } = (await nextMessage(child)) as { port: number }
      return { port, kill }
    },
  }
}

/** Starts a gateway in a process of its own. */
export const spawnGateway = async (settings: GatewaySettings): Promise<GatewayProcess> =>
  (await loadGateway()).serve(settings)
