import { spawn } from 'node:child_process'

export interface RunningProcess {
  /** What it printed that `ready` matched. */
  readonly announced: RegExpExecArray
  /** Asks the process to end, and waits until it has; resolves with its exit code. */
  close(): Promise<number>
}

/**
 * Runs a program and waits until its output says that it is ready.
 *
 * @throws {Error} with everything it printed, when it ends before that
 */
export async function startProcess(
  [program, ...programArguments]: readonly [program: string, ...programArguments: string[]],
  environment: Readonly<Record<string, string>>,
  ready: RegExp,
): Promise<RunningProcess> {
  const child = spawn(program, programArguments, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1))
  })
  let output = ''
  const announced = await new Promise<RegExpExecArray>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const found = ready.exec(output)
        if (found) resolve(found)
      })
    }
    ended.then(
      (code) => reject(new Error(`${programArguments.at(-1)} ended with ${code}:\n${output}`)),
      reject,
    )
  })
  return {
    announced,
    async close() {
      child.kill('SIGTERM')
      return ended
    },
  }
}
