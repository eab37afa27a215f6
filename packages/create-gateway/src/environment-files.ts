import type { Answers, StorageChoice } from './answers.ts'
import { Refusal } from './collect-answers.ts'
import { variableName } from './provider-choice.ts'

/** Where the storage is, seen from this machine: the services of `compose.yaml` have these ports. */
const storageUrls: Readonly<Record<StorageChoice, string>> = {
  sqlite: 'sqlite:data/portico.db',
  postgres: 'postgres://portico:portico@localhost:5432/portico',
  redis: 'redis://localhost:6379/0',
}

/** `.env`: the values themselves, for this installation alone. */
export const environmentFile = (answers: Answers): string =>
  lines(answers, (option) => answers.options[option] ?? '')

/** `.env.example`: the names, for the next person who sets up the gateway. */
export const environmentExample = (answers: Answers): string => lines(answers, () => '')

function lines(answers: Answers, valueOf: (option: string) => string): string {
  const { provider, storage, publicUrl } = answers
  const own = provider.options.flatMap(({ name, description }) => [
    `# ${description}`,
    `${variableName(provider, name)}=${quoted(variableName(provider, name), valueOf(name))}`,
  ])
  const settings = [
    '# The origin that users and clients see; left empty, the gateway serves this machine alone.',
    `PORTICO_PUBLIC_URL=${publicUrl ?? ''}`,
    '# Needed with a public URL: npx portico keys generate',
    'PORTICO_KEYS=',
    `PORTICO_STORAGE=${storageUrls[storage]}`,
  ]
  return `# ${provider.title}\n${own.join('\n')}\n\n# Portico\n${settings.join('\n')}\n`
}

/** Quoted where the value would end early otherwise; there is no escaping in such a file. */
function quoted(name: string, value: string): string {
  if (!/[\s#"'`]/.test(value)) return value
  // Within double quotes `\n` would become a line break.
  const quotes = value.includes('\\') ? ["'", '`'] : ["'", '"', '`']
  const quote = quotes.find((each) => !value.includes(each))
  if (quote !== undefined) return `${quote}${value}${quote}`
  const isReadWhole = /^[^\s"'`][^#\r\n]*$/.test(value) && value === value.trim()
  if (isReadWhole) return value
  const remedy = `leave it empty here, and set ${name} in the environment of the gateway.`
  throw new Refusal(`${name} has more kinds of quotes than .env can hold: ${remedy}`)
}
