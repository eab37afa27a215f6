import {
  type Answers,
  folderProblem,
  type Problem,
  publicUrlProblem,
  type RouteAnswer,
  routeNameProblem,
  type StorageChoice,
  storageChoices,
  upstreamUrlProblem,
} from './answers.ts'
import { isSecret, type ProviderChoice } from './provider-choice.ts'
import { providers } from './providers.generated.ts'
import type { Questions } from './questions.ts'

/** What the command line states; the rest is asked for, or takes its default. */
export interface Flags {
  readonly provider?: string
  /** `logtoEndpoint=https://acme.logto.app` */
  readonly option: readonly string[]
  /** `linear=https://mcp.linear.app/mcp` */
  readonly route: readonly string[]
  readonly storage?: string
  readonly publicUrl?: string
}

/** Something on the command line is wrong; nothing was written. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

const optional =
  (problemOf: (value: string) => Problem) =>
  (value: string): Problem =>
    value === '' ? undefined : problemOf(value)

/**
 * @param questions absent without a terminal: what is not stated then takes its default
 * @throws {Refusal} naming the first flag that is wrong or missing, and the remedy
 * @throws {Cancelled}
 */
export async function collectAnswers(
  givenFolder: string | undefined,
  flags: Flags,
  questions: Questions | undefined,
): Promise<Answers> {
  const initial = 'mcp-gateway'
  const folder =
    givenFolder ??
    (await questions?.text({ message: 'Folder', initial, problemOf: folderProblem })) ??
    initial
  refuse(folderProblem(folder))
  const provider = await chosenProvider(flags.provider, questions)
  const options = await optionsOf(provider, flags.option, questions)
  const routes = flags.route.length > 0 ? flags.route.map(routeOf) : await askForRoutes(questions)
  return {
    folder,
    provider,
    options,
    routes,
    storage: await chosenStorage(flags.storage, questions),
    publicUrl: await publicUrlOf(flags.publicUrl, questions),
  }
}

async function chosenProvider(
  given: string | undefined,
  questions: Questions | undefined,
): Promise<ProviderChoice> {
  const choices = providers.map(({ id, title }) => ({ value: id, label: title }))
  const id = given ?? (await questions?.choose('Identity provider', choices, 'logto'))
  const known = `One of: ${providers.map((provider) => provider.id).join(', ')}.`
  if (id === undefined) throw new Refusal(`--provider is missing. ${known}`)
  const provider = providers.find((candidate) => candidate.id === id)
  if (provider === undefined) throw new Refusal(`--provider has the unknown value "${id}". ${known}`)
  return provider
}

async function optionsOf(
  { id, title, options }: ProviderChoice,
  given: readonly string[],
  questions: Questions | undefined,
): Promise<Readonly<Record<string, string>>> {
  const stated = new Map(given.map((text) => pair('--option', text, `${options[0]?.name}=…`)))
  for (const name of stated.keys()) {
    const known = options.map((option) => option.name)
    if (!known.includes(name))
      throw new Refusal(
        `--option "${name}" is not an option of ${id}. One of: ${known.join(', ')}. Set others in config/policies.json.`,
      )
    if (isSecret(name))
      throw new Refusal(
        `--option must not contain ${name}, because other programs can read the command line. Put it into .env.`,
      )
  }
  for (const { name, description } of questions === undefined ? [] : options) {
    if (stated.has(name)) continue
    const message = `${title}: ${name}. ${description} (leave empty to set it later in .env)`
    const value = isSecret(name)
      ? await questions?.secret(message)
      : await questions?.text({ message, initial: '', problemOf: () => undefined })
    stated.set(name, value ?? '')
  }
  return Object.fromEntries(stated)
}

async function askForRoutes(questions: Questions | undefined): Promise<readonly RouteAnswer[]> {
  if (questions === undefined)
    throw new Refusal(
      '--route is missing. Name the MCP servers, e.g. --route linear=https://mcp.linear.app/mcp.',
    )
  const routes: RouteAnswer[] = []
  do {
    const upstreamUrl = await questions.text({
      message: 'URL of the MCP server behind the gateway',
      placeholder: 'https://mcp.linear.app/mcp',
      problemOf: upstreamUrlProblem,
    })
    const taken = new Set(routes.map((route) => route.name))
    const name = await questions.text({
      message: 'Its name in the URL that users enter, /mcp/<name>',
      placeholder: 'linear',
      problemOf: (value) =>
        taken.has(value) ? `There is already a route "${value}".` : routeNameProblem(value),
    })
    routes.push({ name, upstreamUrl })
  } while (await questions.confirm('Another MCP server?'))
  return routes
}

function routeOf(text: string, index: number, all: readonly string[]): RouteAnswer {
  const [name, upstreamUrl] = pair('--route', text, 'linear=https://mcp.linear.app/mcp')
  refuse(routeNameProblem(name) ?? upstreamUrlProblem(upstreamUrl))
  if (all.findIndex((other) => other.startsWith(`${name}=`)) !== index)
    throw new Refusal(`--route names "${name}" twice. Give each MCP server its own name.`)
  return { name, upstreamUrl }
}

async function chosenStorage(
  given: string | undefined,
  questions: Questions | undefined,
): Promise<StorageChoice> {
  const choices = [
    { value: 'sqlite', label: 'SQLite: one file, one machine' },
    { value: 'postgres', label: 'PostgreSQL: any number of machines' },
    { value: 'redis', label: 'Redis or Valkey: any number of machines' },
  ]
  const asked = given ?? (await questions?.choose('Storage', choices, 'sqlite')) ?? 'sqlite'
  const storage = storageChoices.find((candidate) => candidate === asked)
  if (storage === undefined)
    throw new Refusal(`--storage has the unknown value "${asked}". One of: ${storageChoices.join(', ')}.`)
  return storage
}

async function publicUrlOf(
  given: string | undefined,
  questions: Questions | undefined,
): Promise<string | undefined> {
  const message = 'Public URL, such as https://mcp.example.com (leave empty for this machine only)'
  const url =
    given ?? (await questions?.text({ message, initial: '', problemOf: optional(publicUrlProblem) })) ?? ''
  refuse(optional(publicUrlProblem)(url))
  return url === '' ? undefined : url
}

function pair(flag: string, text: string, example: string): readonly [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new Refusal(`${flag} must be a name and a value, such as ${flag} ${example}`)
  return [text.slice(0, at), text.slice(at + 1)]
}

function refuse(problem: Problem): void {
  if (problem !== undefined) throw new Refusal(problem)
}
