import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { Command, CommanderError } from 'commander'

import type { Answers } from './answers.ts'
import { collectAnswers, type Flags, Refusal } from './collect-answers.ts'
import { projectFiles } from './project-files.ts'
import { Cancelled, type Questions } from './questions.ts'

/** 0: the project is there; 1: it was refused, or the person left; 2: the command line itself is wrong. */
export type ExitCode = 0 | 1 | 2

/** What the command sees of the process it runs in. */
export interface Host {
  /** Where the folder is made. */
  readonly directory: string
  readonly write: (text: string) => void
  readonly writeError: (text: string) => void
  /** Absent without a terminal. */
  readonly questions?: Questions | undefined
  /** Of the packages that the project depends on. */
  readonly range: string
}

const collect = (value: string, soFar: readonly string[] = []): readonly string[] => [...soFar, value]

/** Runs one command line, e.g. `['my-gateway', '--provider', 'logto']`; resolves when it is done. */
export async function runCommand(commandLine: readonly string[], host: Host): Promise<ExitCode> {
  const program = new Command('create-gateway')
    .description('Creates a project for your own MCP gateway.')
    .argument('[folder]', 'folder of the project (default mcp-gateway)')
    .option('--provider <id>', 'identity provider, e.g. logto')
    .option('--option <name=value>', 'an option of the provider; may be repeated', collect)
    .option('--route <name=url>', 'an MCP server behind the gateway; may be repeated', collect)
    .option('--storage <kind>', 'sqlite (default), postgres or redis')
    .option('--public-url <origin>', 'the origin that users enter (default: this machine only)')
    .option('--yes', 'ask nothing')
    .configureOutput({ writeOut: host.write, writeErr: host.writeError })
    .exitOverride()
  try {
    program.parse([...commandLine], { from: 'user' })
    const flags = { option: [], route: [], ...program.opts<Partial<Flags> & { readonly yes?: true }>() }
    const answers = await collectAnswers(program.args[0], flags, flags.yes ? undefined : host.questions)
    writeProject(join(host.directory, answers.folder), answers, host.range)
    host.write(nextSteps(answers))
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof Cancelled) return 1
    if (!(error instanceof Refusal)) throw error
    host.writeError(`${error.message}\n`)
    return 1
  }
}

function writeProject(directory: string, answers: Answers, range: string): void {
  if (existsSync(directory))
    throw new Refusal(`${answers.folder} already exists. Choose another folder, or remove it.`)
  for (const [path, content] of Object.entries(projectFiles(answers, range))) {
    const file = join(directory, path)
    mkdirSync(dirname(file), { recursive: true })
    // Secrets are for the one who runs the gateway.
    writeFileSync(file, content, { flag: 'wx', mode: path === '.env' ? 0o600 : 0o666 })
  }
}

function nextSteps({ folder, provider, storage, publicUrl }: Answers): string {
  const startStorage = storage === 'sqlite' ? '' : `\n  docker compose up --detach ${storage}`
  return `
${folder} is ready. Register this redirect URI at ${provider.title}:

  ${publicUrl ?? 'http://localhost:9000'}/oauth/callback

Then set the values in ${folder}/.env and run (${folder}/README.md has the details):

  cd ${folder}
  npm install${startStorage}
  npm run check
  npm start
`
}
