import type { JsonPath } from './file-problem.ts'

/** The variables a configuration may refer to. */
export type Environment = Readonly<Record<string, string | undefined>>

const reference = /\$env\(([^)]*)\)|\$\{env\.([^}]*)\}/g
const unfinished = /\$env\((?![^)]*\))|\$\{env\.(?![^}]*\})/

/**
 * Puts the variables named by `$env(NAME)` and `${env.NAME}` into every string of `value`. Values are inserted after
 * parsing and never looked into again, so a variable cannot change the shape of the configuration.
 *
 * A string that cannot be resolved stays as it is and is reported.
 */
export function resolveEnvironment(
  value: unknown,
  environment: Environment,
  report: (path: JsonPath, message: string) => void,
  path: JsonPath = [],
): unknown {
  if (typeof value === 'string') {
    const messages = [...problemsOf(value, environment)]
    for (const message of messages) report(path, message)
    if (messages.length > 0) return value
    return value.replaceAll(
      reference,
      (_match, first?: string, second?: string) => variable(environment, nameOf(first, second)) ?? '',
    )
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => resolveEnvironment(item, environment, report, [...path, index]))
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        resolveEnvironment(member, environment, report, [...path, name]),
      ]),
    )
  }
  return value
}

function* problemsOf(text: string, environment: Environment): Generator<string> {
  if (unfinished.test(text)) yield 'has an unfinished variable reference: write $env(NAME).'
  for (const [match, first, second] of text.matchAll(reference)) {
    const name = nameOf(first, second)
    const value = variable(environment, name)
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      yield `refers to a variable by ${match}, which is not a name: use letters, digits and "_", as in $env(LOGTO_ENDPOINT).`
    } else if (value === undefined) {
      yield `needs the environment variable ${name}, which is not set: set ${name} in the environment or in the .env file beside the configuration.`
    } else if (value.trim() === '') {
      yield `needs the environment variable ${name}, which is set but empty: give ${name} a value.`
    }
  }
}

function nameOf(first: string | undefined, second: string | undefined): string {
  return (first ?? second ?? '').trim()
}

function variable(environment: Environment, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined
}
