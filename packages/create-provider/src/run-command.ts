import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import type { SafeFetch } from '@portico/safe-fetch'
import { Command, CommanderError } from 'commander'

import {
  type Answers,
  idProblem,
  isKind,
  issuerProblem,
  kindProblem,
  nameProblem,
  type Problem,
  proposedName,
} from './answers.ts'
import { fetchDiscoveryDocument } from './discovery-document.ts'
import type { Ranges } from './package-template.ts'
import { changesetOf, type Place, providerFiles } from './provider-files.ts'

/** 0: the folder is there; 1: it was refused; 2: the command line itself is wrong. */
export type ExitCode = 0 | 1 | 2

/** What the command sees of the process it runs in. */
export interface Host {
  /** Where the folder is made; with `--workspace` the root of the repository. */
  readonly directory: string
  readonly write: (text: string) => void
  readonly writeError: (text: string) => void
  /** Asks a person; absent without a terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined
  readonly fetch: SafeFetch
  /** What a package outside the repository depends on. */
  readonly ranges: Ranges
  /** Formats a folder of the repository. */
  readonly format: (directory: string) => Promise<void>
  /** Told which folder has been made; default nobody. */
  readonly created?: ((folder: string) => void) | undefined
}

/** Options of the command line. */
export interface Flags {
  readonly name?: string
  readonly kind?: string
  readonly issuer?: string
  readonly package?: string
  readonly workspace?: true
  readonly offline?: true
  readonly yes?: true
}

class Refusal extends Error {}

/** Runs one command line, e.g. `['acme', '--issuer', 'https://id.acme.example']`; resolves when it is done. */
export async function runCommand(commandLine: readonly string[], host: Host): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = describeCommand(new Command('create-provider'))
    .option('--workspace', 'create the folder in packages/providers of the repository')
    .configureOutput({ writeOut: host.write, writeErr: host.writeError })
    .exitOverride()
    .action(async (id: string | undefined, flags: Flags) => {
      code = await createProvider(host, id, flags)
    })
  try {
    await program.parseAsync([...commandLine], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

/** What the command is for, and what it takes; `portico new provider` is the same. */
export function describeCommand(command: Command): Command {
  return command
    .description('Creates a package for an identity provider of Portico.')
    .argument('[id]', 'name of the folder and the factory, e.g. acme-id')
    .option('--name <name>', 'name that users see, e.g. "Acme ID"')
    .option('--kind <kind>', 'oidc, oauth2 (no ID token), private (its own token format)')
    .option('--issuer <url>', 'issuer of one tenant, as its discovery document has it')
    .option('--package <name>', 'name of the package outside the repository (default portico-provider-<id>)')
    .option('--offline', 'do not fetch the discovery document')
    .option('--yes', 'ask nothing')
}

/** Makes the folder, or says on standard error why not. */
export async function createProvider(host: Host, id: string | undefined, flags: Flags): Promise<ExitCode> {
  try {
    await create(host, id, flags)
    return 0
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    host.writeError(`${error.message}\n`)
    return 1
  }
}

async function create(host: Host, givenId: string | undefined, flags: Flags): Promise<void> {
  const ask = flags.yes ? undefined : host.ask
  const id = await answer('id', givenId, idProblem, { ask, question: 'Id, e.g. acme-id' })
  const inWorkspace = flags.workspace === true
  const packageName = flags.package ?? `portico-provider-${id}`
  if (!/^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(packageName)) {
    throw new Refusal('package must be a valid npm name. Use a name such as "@acme/portico-provider".')
  }
  const folder = inWorkspace ? join('packages/providers', id) : (packageName.split('/').at(-1) ?? id)
  const directory = join(host.directory, folder)
  if (existsSync(directory)) {
    throw new Refusal(
      `${folder} already exists. Choose another ${inWorkspace ? 'id' : 'id or --package'}, or remove it.`,
    )
  }
  const answers = await remaining(id, flags, ask)
  const found = await discover(host, answers, flags)
  const place: Place = inWorkspace ? { inWorkspace } : { inWorkspace, packageName, ranges: host.ranges }
  write(directory, providerFiles(answers, place, found))
  if (inWorkspace) {
    write(host.directory, { [`.changeset/provider-${id}.md`]: changesetOf(answers) })
    await host.format(directory)
  }
  host.created?.(relative(host.directory, directory))
  host.write(nextSteps(answers, relative(host.directory, directory), inWorkspace))
}

async function remaining(id: string, flags: Flags, ask: Host['ask']): Promise<Answers> {
  const name = await answer('name', flags.name, nameProblem, {
    ask,
    question: 'Name that users see',
    otherwise: proposedName(id),
  })
  const kind = await answer('kind', flags.kind, kindProblem, {
    ask,
    question: 'Kind: oidc, oauth2 (no ID token) or private (its own token format)',
    otherwise: 'oidc',
  })
  const issuer = await answer('issuer', flags.issuer, issuerProblem, {
    ask,
    question: 'Issuer of one tenant',
    otherwise: `https://${id}.example`,
  })
  if (!isKind(kind)) throw new Refusal(kindProblem(kind) ?? '')
  return { id, name, kind, issuer }
}

/** What was given; else what a person says; else the default. A wrong flag is refused, a wrong answer asked for again. */
async function answer(
  option: string,
  given: string | undefined,
  problemOf: (value: string) => Problem | undefined,
  { ask, question, otherwise }: { ask: Host['ask']; question: string; otherwise?: string },
): Promise<string> {
  if (given !== undefined || ask === undefined) {
    const value = given ?? otherwise
    if (value === undefined)
      throw new Refusal(`${option} is missing. Give it as the first argument, e.g. "acme-id".`)
    const problem = problemOf(value)
    if (problem !== undefined) throw new Refusal(problem)
    return value
  }
  let hint = ''
  for (;;) {
    const said = await ask(`${hint}${question}${otherwise === undefined ? '' : ` (${otherwise})`}: `)
    const value = said.trim() === '' && otherwise !== undefined ? otherwise : said.trim()
    const problem = problemOf(value)
    if (problem === undefined) return value
    hint = `${problem}\n`
  }
}

async function discover(host: Host, { kind, issuer }: Answers, { offline }: Flags) {
  if (kind !== 'oidc' || offline || new URL(issuer).hostname.endsWith('.example')) return undefined
  const found = await fetchDiscoveryDocument(issuer, host.fetch)
  if (typeof found !== 'string') return found
  host.writeError(`No discovery document: ${found}. Fill in the addresses yourself.\n`)
  return undefined
}

function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { flag: 'wx' })
  }
}

function nextSteps({ id, name }: Answers, folder: string, inWorkspace: boolean): string {
  const steps = inWorkspace
    ? [`npx pnpm@12 install`, `npx pnpm@12 test packages/providers/${id}`, `npx pnpm@12 generate`]
    : [`cd ${folder}`, `npm install`, `npm test`]
  return `Created a package for ${name} in ${folder}.

Fill in what is marked "Place 1 of 3" in src/index.ts and "Place 2 of 3" and "Place 3 of 3" in test/${id}.test.ts,
then the README. The tests report what is still wrong:

${steps.map((step) => `  ${step}\n`).join('')}`
}
