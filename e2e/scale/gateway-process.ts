import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** One `portico serve`. */
export interface GatewayProcess {
  readonly origin: string
  /** Everything it has printed. */
  readonly output: readonly string[]
  /** Resolves when the process has ended, with its exit code. */
  readonly stop: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | null>
}

export interface GatewayProcessOptions {
  /** The file of the command line. */
  readonly command: string
  readonly configDirectory: string
  readonly environment: Readonly<Record<string, string>>
}

/** From here the gateway finds the clients of servers, and TypeScript sources where it is not bundled. */
const workingDirectory = import.meta.dirname

/**
 * Starts a gateway on a free port of loopback.
 *
 * @throws with what it printed, when it ends before it serves
 */
export async function startGatewayProcess({
  command,
  configDirectory,
  environment,
}: GatewayProcessOptions): Promise<GatewayProcess> {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@portico/source',
      '--disable-warning=ExperimentalWarning',
      command,
      'serve',
      '--json',
      '--port',
      '0',
      '--host',
      '127.0.0.1',
      '--config',
      configDirectory,
    ],
    {
      cwd: workingDirectory,
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  const output: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => output.push(line))
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line)
      const { event, port } = JSON.parse(line) as { readonly event: string; readonly port: number }
      if (event === 'started') resolve(port)
    })
    void exited.then((code) => reject(new Error(`portico serve ended with ${code}\n${output.join('\n')}`)))
  })
  return {
    origin: `http://127.0.0.1:${port}`,
    output,
    stop: (signal) => {
      child.kill(signal)
      return exited
    },
  }
}
