import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'

export interface Server {
  /** What tests find it by: environment variables. */
  readonly environment: Readonly<Record<string, string>>
  /** Ends the processes and waits for that. */
  readonly stop: () => Promise<void>
}

/** A server with data and a port of its own, which keeps both while it is stopped. */
export interface RestartableServer {
  readonly url: string
  readonly start: () => Promise<void>
  /** Default: by SIGINT, which servers take for a request to end in order. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
  /** Stops it and deletes its data. */
  readonly remove: () => Promise<void>
}

export interface ServerOptions {
  /** A line of output after which the server answers. */
  readonly ready: RegExp
  readonly directory: string
  /** Added to the environment of the current process. */
  readonly environment?: Readonly<Record<string, string>>
  /** User and group to run as, when this process is root and the server refuses to be. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

/**
 * Starts a server in the foreground and waits until it says that it is ready.
 *
 * @throws with all that it printed, when it ends before
 */
export async function startProcess(
  program: string,
  programArguments: readonly string[],
  { ready, directory, environment, user }: ServerOptions,
): Promise<(signal?: NodeJS.Signals) => Promise<void>> {
  const child = spawn(program, programArguments, {
    cwd: directory,
    env: { ...process.env, LC_ALL: 'C', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  })
  const printed: string[] = []
  await new Promise<void>((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on('line', (line) => {
        if (printed.push(line) > 200) printed.shift()
        if (ready.test(line)) resolve()
      })
    }
    child.once('error', (cause) => reject(new Error(`${program} could not be started`, { cause })))
    child.once('exit', (code) => {
      reject(new Error(`${program} exited with ${code} before it was ready\n${printed.join('\n')}`))
    })
  })
  return async (signal = 'SIGINT') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
}

/**
 * Waits until the address answers: some servers say that they listen just before they do.
 *
 * @throws when it does not within a minute
 */
export async function untilAnswers(url: string): Promise<void> {
  let problem: unknown
  for (let attempt = 0; attempt < 300; attempt += 1) {
    try {
      const response = await fetch(url)
      if (response.ok) return
      problem = `status ${response.status}`
    } catch (error) {
      problem = error
    }
    await setTimeout(200)
  }
  throw new Error(`${url} does not answer`, { cause: problem })
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/**
 * A free port below those that systems hand out to whoever asks for any: nobody takes it while its server is stopped.
 */
export async function lastingPort(): Promise<number> {
  for (;;) {
    try {
      return await freePort(randomInt(10_000, 20_000))
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    }
  }
}
