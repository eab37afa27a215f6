import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { createProgram } from '../../packages/cli/src/create-program.ts'
import { readManifest, workspacePackages, workspaceRoot } from '../../scripts/workspace-packages.ts'
import type { CodeFence } from './code-fences.ts'

/** Programs of others that pages may call. What is theirs is not checked. */
const foreign = new Set(
  [
    '. cd chmod cp date echo export install mkdir sed set umask sh node bun bunx deno',
    'claude docker kubectl systemctl journalctl pg_dump psql redis-cli sqlite3',
    '@modelcontextprotocol/inspector vitest wrangler',
  ].flatMap((line) => line.split(' ')),
)

const packages = workspacePackages()
const binaries = new Set(packages.flatMap(({ manifest }) => Object.keys(manifest.bin ?? {})))

const variables = new Set(
  globSync(['packages/cli/README.md', 'apps/*/src/**/*.ts', 'e2e/**/*.test.ts'], {
    cwd: workspaceRoot,
  }).flatMap((file) => read(file).match(/PORTICO_[A-Z_]+/g) ?? []),
)

interface Invocation {
  readonly program: string
  readonly words: readonly string[]
}

/**
 * What is wrong with the commands of a block: commands, subcommands, options, scripts, packages, files and variables of
 * this repository that do not exist, and programs that nothing here knows.
 */
export async function commandProblems({ language, code }: CodeFence): Promise<readonly string[]> {
  const lines = commandLines(language, code)
  const problems = await Promise.all(lines.flatMap(invocations).map(problemsOf))
  const unknown = lines.flatMap((line) => line.match(/PORTICO_[A-Z_]+/g) ?? [])
  return [
    ...problems.flat(),
    ...unknown.filter((name) => !variables.has(name)).map((name) => `nothing reads the variable ${name}`),
  ]
}

/** The lines of a script, or those behind the prompts of a terminal, without comments and with their continuations. */
function commandLines(language: string, code: string): string[] {
  const lines = code
    .replaceAll(/(^|\s)# .*$/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
  if (language !== 'console') return lines
  return lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice('$ '.length))
}

/** The programs that a line calls, also within `$(…)` and `sh -c '…'`, each with its words. */
function invocations(line: string): Invocation[] {
  const start =
    /(?:^\s*|\$\(|&&\s*|\|\s*|;\s*|\bsh -c ')(?:\w+=[^\s$]*\s+)*(?<program>[\w@./:-]+)(?![\w@./:=-])/g
  return [...line.matchAll(start)].map(({ 0: all, index, groups = {} }) => ({
    program: groups['program'] ?? '',
    words: wordsOf(line.slice(index + all.length)),
  }))
}

function wordsOf(text: string): string[] {
  const words = text.matchAll(/\s*((?:"(?:\\.|[^"])*"|'[^']*'|[^\s"'|;&()<>])+)/gy)
  return [...words].map(([, word = '']) => word.replaceAll(/^['"]|['"]$/g, ''))
}

async function problemsOf({ program, words }: Invocation): Promise<readonly string[]> {
  const name = program.replace(/^.*\/\.bin\//, '')
  return [...missingFiles(words), ...(await problemsOfProgram(name, words))]
}

async function problemsOfProgram(program: string, words: readonly string[]): Promise<readonly string[]> {
  const [first = '', ...rest] = words
  if (program === 'portico') return porticoProblems(words)
  if (program === 'npx') return problemsOfProgram(first.replace(/^pnpm@12$/, 'pnpm'), rest)
  if (program === 'pnpm') return pnpmProblems(words)
  if (program === 'npm') return npmProblems(words)
  if (program === 'docker') {
    const image = words.indexOf('portico-gateway')
    return first === 'run' && image < words.length - 1 ? porticoProblems(words.slice(image + 1)) : []
  }
  if (foreign.has(program) || binaries.has(program)) return []
  return [`${program}: neither a program of this repository nor one that documented-commands.ts lists`]
}

/** The command line of Portico reads the words as always, but its commands do nothing. */
async function porticoProblems(words: readonly string[]): Promise<readonly string[]> {
  let said = ''
  const program = createProgram(
    {
      version: '',
      environment: {},
      directory: workspaceRoot,
      write: () => undefined,
      writeError: (text) => (said += text),
      isTerminal: false,
      untilStopped: () => Promise.resolve(),
    },
    () => undefined,
  )
  disarm(program)
  try {
    await program.parseAsync(words, { from: 'user' })
  } catch (error) {
    if (!(error instanceof Error && 'exitCode' in error)) throw error
    if (error.exitCode !== 0) return [`portico ${words.join(' ')}: ${said}`]
  }
  return []
}

function disarm(command: ReturnType<typeof createProgram>): void {
  for (const each of command.commands) disarm(each)
  if (command.commands.length === 0) command.action(() => undefined)
}

async function pnpmProblems(words: readonly string[], folder = ''): Promise<readonly string[]> {
  const [first = '', ...rest] = words
  if (first === '--silent') return pnpmProblems(rest, folder)
  const [directory, [script = '', ...given]] =
    first === '--filter'
      ? [packages.find(({ name }) => name === rest[0])?.path ?? '', rest.slice(2)]
      : [folder, words]
  const command = readManifest(join(workspaceRoot, directory, 'package.json')).scripts?.[script]
  if (command === undefined) return [`pnpm ${words.join(' ')}: there is no script "${script}"`]
  if (script.startsWith('with:')) return problemsOfProgram(given[0] ?? '', given.slice(1))
  const [program = '', ...own] = wordsOf(command)
  if (program === 'pnpm') return pnpmProblems([...own, ...given], directory)
  const entry = own.findIndex((word) => word.endsWith('.ts'))
  if (program !== 'node' || entry < 0) return []
  const file = join(directory, own[entry] ?? '')
  if (file === 'packages/cli/src/main.ts') return porticoProblems([...own.slice(entry + 1), ...given])
  return unknownOptions(`pnpm ${script}`, dirname(file), given)
}

/** Packages of this repository that are installed or that make a project have to be published by it. */
function npmProblems([command = '', ...words]: readonly string[]): readonly string[] {
  const names = words.filter((word) => /^(@portico\/|portico$)/.test(word))
  if (command !== 'create') return names.flatMap(unpublished)
  const name = (names[0] ?? '').replace(/@latest$/, '').replace('@portico/', '@portico/create-')
  const missing = unpublished(name)
  const directory = packages.find((candidate) => candidate.name === name)?.path ?? ''
  return missing.length > 0 ? missing : unknownOptions(`npm create ${name}`, `${directory}/src`, words)
}

function unpublished(name: string): string[] {
  return packages.some((candidate) => candidate.name === name && candidate.isPublic)
    ? []
    : [`${name}: this repository publishes no such package`]
}

/** Options that the sources of a program do not name. */
function unknownOptions(program: string, directory: string, words: readonly string[]): string[] {
  const sources = globSync('*.ts', { cwd: join(workspaceRoot, directory) }).map((file) =>
    read(join(directory, file)),
  )
  return words
    .filter((word) => /^--\w/.test(word))
    .map((word) => word.replace(/=.*$/, '').slice('--'.length))
    .filter((name) => !sources.some((text) => new RegExp(`--${name}\\b|\\b'?${name}'?: \\{`).test(text)))
    .map((name) => `${program}: there is no option --${name}`)
}

/** Files of this repository; what a reader makes is named after Acme. */
function missingFiles(words: readonly string[]): string[] {
  return words
    .filter((word) => /^(apps|conformance|deploy|docs|e2e|examples|packages|scripts|test)\//.test(word))
    .filter((word) => !word.includes('acme') && !existsSync(join(workspaceRoot, word)))
    .map((word) => `${word} does not exist`)
}

function read(file: string): string {
  return readFileSync(join(workspaceRoot, file), 'utf8')
}
