import { spawn } from 'node:child_process'

import type { ProcessRuntime } from './find-runtime.ts'

export interface RunningProcess {
  /** What the process said that `ready` matched. */
  readonly announced: RegExpExecArray
  /** Asks the process to end, and waits until it has; resolves with its exit code. */
  close(): Promise<number>
}

/**
 * Runs a file and waits until its standard output says that it is ready.
 *
 * @throws {Error} with everything it printed, when it ends before that
 */
export async function startProcess(
  { command: [program, ...options] }: ProcessRuntime,
  [file, ...parameters]: readonly [file: string, ...parameters: string[]],
  environment: Readonly<Record<string, string>>,
  ready: RegExp,
): Promise<RunningProcess> {
  const child = spawn(program, [...options, file, ...parameters], {
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
    ended.then((code) => reject(new Error(`${file} ended with ${code}:\n${output}`)), reject)
  })
  return {
    announced,
    async close() {
      child.kill('SIGTERM')
      return ended
    },
  }
}
