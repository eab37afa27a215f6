import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'

/** A runtime that runs programs as processes. */
export interface ProcessRuntime {
  readonly id: ProcessRuntimeId
  readonly title: string
  /** As the program itself says, e.g. `22.23.3`. */
  readonly version: string
  /** The program, and what it is given before a file and its arguments. */
  readonly command: readonly [program: string, ...options: string[]]
}

export type ProcessRuntimeId = 'node-22' | 'node-24' | 'bun' | 'deno'

export const processRuntimeIds: readonly ProcessRuntimeId[] = ['node-22', 'node-24', 'bun', 'deno']

const require = createRequire(import.meta.url)
const machine = `${process.platform}-${process.arch}`
const nodeOptions = ['--disable-warning=ExperimentalWarning']

const programs: Readonly<
  Record<ProcessRuntimeId, { title: string; path: string | undefined; options: readonly string[] }>
> = {
  'node-22': { title: 'Node 22', path: installed(`node-22-${machine}/bin/node`), options: nodeOptions },
  // The one that runs the tests.
  'node-24': { title: 'Node 24', path: process.execPath, options: nodeOptions },
  bun: {
    title: 'Bun',
    path: installed(`@oven/bun-${machine.replace('arm64', 'aarch64')}/bin/bun`),
    options: [],
  },
  deno: {
    title: 'Deno',
    path: installed(`@deno/${machine.replace(/^linux.*/, '$&-glibc')}/deno`),
    // With all permissions, as the others have them.
    options: ['run', '--allow-all', '--no-lock', '--quiet'],
  },
}

/**
 * Finds a runtime among the optional dependencies; undefined where none of them is for this machine.
 *
 * @param from whether our packages run from their `source`, or as they are `built` and published
 */
export function findRuntime(
  id: ProcessRuntimeId,
  from: 'source' | 'built' = 'source',
): ProcessRuntime | undefined {
  const { title, path, options } = programs[id]
  if (path === undefined) return undefined
  const [version = ''] = /\d+\.\d+\.\d+/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' })) ?? []
  if (id === 'node-24' && !version.startsWith('24.')) return undefined
  const conditions = from === 'source' ? ['--conditions=@portico/source'] : []
  return { id, title, version, command: [path, ...options, ...conditions] }
}

function installed(file: string): string | undefined {
  try {
    return require.resolve(file)
  } catch {
    return undefined
  }
}
