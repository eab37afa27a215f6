import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How a run of the suite ended. */
export interface SuiteRun {
  readonly exitCode: number
  /** Standard output and standard error. */
  readonly output: string
}

const command = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'))

/**
 * Runs the suite's command line.
 *
 * @param onOutput told about everything printed so far, whenever there is more
 */
export async function runSuite(
  options: readonly string[],
  onOutput: (soFar: string) => void = () => {},
): Promise<SuiteRun> {
  const child = spawn(process.execPath, [command, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      onOutput(output)
    })
  }
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
  return { exitCode, output }
}
