import { spawn } from 'node:child_process'

export interface CommandOptions {
  /** Default: the directory of the current process. */
  readonly directory?: string
  /** Added to the environment of the current process. */
  readonly environment?: Readonly<Record<string, string>>
  /** User and group to run as; only root may choose. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

/**
 * Runs a program without a shell and returns what it printed to stdout.
 *
 * @throws when it cannot be started or exits with anything but 0; the message holds all that it printed
 */
export function runCommand(
  program: string,
  programArguments: readonly string[],
  { directory, environment, user }: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, programArguments, {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    })
    let output = ''
    let everything = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      everything += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      everything += text
    })
    child.once('error', (cause) => reject(new Error(`${program} could not be started`, { cause })))
    child.once('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${program} ${programArguments.join(' ')} exited with ${code}\n${everything}`))
    })
  })
}
