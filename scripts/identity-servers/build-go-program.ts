import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { runCommand } from '../run-command.ts'

/** A program of a Go module, as a throwaway module builds it. */
export interface GoProgram {
  /** The version of the language that the throwaway module speaks. */
  readonly go: string
  /** Module and version, as in `go.mod`. */
  readonly require: string
  /** Modules that its own `go.mod` replaces: replacements do not reach those who depend on it. */
  readonly replace?: string
  /** Import path of the `main` package. */
  readonly main: string
  readonly tags?: string
  /** Name of the executable. */
  readonly name: string
}

/**
 * Builds the program into the directory.
 *
 * @returns where the source of its module is
 */
export async function buildGoProgram(directory: string, program: GoProgram): Promise<string> {
  const { go, require, replace, main, tags, name } = program
  const lines = [`module portico.example/${name}`, `go ${go}`, `require ${require}`]
  if (replace !== undefined) lines.push(`replace ${replace}`)
  writeFileSync(join(directory, 'go.mod'), `${lines.join('\n')}\n`)
  const environment = { GOFLAGS: '-mod=mod', CGO_ENABLED: '1' }
  const run = (...goArguments: readonly string[]) => runCommand('go', goArguments, { directory, environment })
  await run('build', ...(tags === undefined ? [] : ['-tags', tags]), '-o', name, main)
  const [module = ''] = require.split(' ')
  return (await run('list', '-m', '-f', '{{.Dir}}', module)).trim()
}
