import { z } from 'zod'

import type { ConfigProblem } from './config-error.ts'
import { suggestedOption, unknownOption } from './option-names.ts'
import type { Refusal } from './validators/refusal.ts'

/** The options of one provider: every value is a zod schema. */
export type OptionShape = Readonly<Record<string, z.ZodType>>

/** What could be read: the valid values, everything wrong, and which options are wrong. */
export interface ParsedOptions {
  readonly values: Readonly<Record<string, unknown>>
  readonly problems: readonly ConfigProblem[]
  readonly failed: ReadonlySet<string>
}

/** Parses each option on its own, so that one wrong value does not hide what is wrong with the others. */
export function parseOptions(shape: OptionShape, input: unknown): ParsedOptions {
  if (!isRecord(input)) {
    const names = Object.keys(shape)
    const problem = `must be an object, not ${typeName(input)}`
    const remedy = `Pass the options by their names: \`{ ${names[0] ?? ''}: … }\`.`
    return { values: {}, problems: [{ option: 'options', problem, remedy }], failed: new Set(names) }
  }
  const values: Record<string, unknown> = {}
  const problems: ConfigProblem[] = []
  const failed = new Set<string>()
  for (const [option, schema] of Object.entries(shape)) {
    const given = Object.hasOwn(input, option) ? input[option] : undefined
    const result = schema.safeParse(given)
    if (result.success) {
      if (result.data !== undefined) values[option] = result.data
    } else {
      failed.add(option)
      problems.push(...result.error.issues.flatMap((issue) => problemsOf(issue, option, given, schema)))
    }
  }
  const known = Object.keys(shape)
  for (const name of Object.keys(input)) {
    if (!Object.hasOwn(shape, name)) problems.push({ option: name, ...unknownOption(name, known) })
  }
  return { values, problems, failed }
}

function problemsOf(
  issue: z.core.$ZodIssue,
  option: string,
  given: unknown,
  schema: z.ZodType,
): ConfigProblem[] {
  const path = [
    option,
    ...issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)),
  ].join('')
  const place = schemaAt(schema, issue.path)
  if (issue.code === 'unrecognized_keys') {
    const outer = unwrapped(place)
    const known = outer instanceof z.ZodObject ? Object.keys(outer.shape) : []
    return issue.keys.map((key) => ({ option: `${path}.${key}`, ...unknownOption(key, known) }))
  }
  const received = issue.path.reduce<unknown>(
    (value, part) => (isIndexable(value) ? value[part] : undefined),
    given,
  )
  return [{ option: path, ...refusalOf(issue, received, descriptionOf(place)) }]
}

/** The schema of a nested value. */
function schemaAt(schema: unknown, path: readonly PropertyKey[]): unknown {
  const [part, ...rest] = path
  if (part === undefined) return schema
  const outer = unwrapped(schema)
  if (outer instanceof z.ZodObject) return schemaAt(outer.shape[String(part)], rest)
  if (outer instanceof z.ZodArray) return schemaAt(outer.element, rest)
  if (outer instanceof z.ZodRecord) return schemaAt(outer.valueType, rest)
  return undefined
}

/** The schema without `optional` around it. */
function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema
}

/** A description may stand outside of `optional` or inside. */
function descriptionOf(schema: unknown): string | undefined {
  if (!(schema instanceof z.ZodType)) return undefined
  return schema.description ?? (schema instanceof z.ZodOptional ? descriptionOf(schema.unwrap()) : undefined)
}

function refusalOf(issue: z.core.$ZodIssue, received: unknown, description: string | undefined): Refusal {
  if (received === undefined && issue.code !== 'custom') {
    return { problem: 'is missing', remedy: description === undefined ? 'Set it.' : `Set it: ${description}` }
  }
  switch (issue.code) {
    case 'custom':
      return {
        problem: issue.message,
        remedy: typeof issue.params?.remedy === 'string' ? issue.params.remedy : expected(description),
      }
    case 'invalid_type':
      if (issue.expected === 'int' && typeof received === 'number')
        return { problem: 'must be a whole number' }
      return {
        problem: `must be ${article(issue.expected)}, not ${typeName(received)}`,
        remedy: spelling(issue.expected, received, description),
      }
    case 'invalid_key': {
      const [inner] = issue.issues
      return inner === undefined ? { problem: 'is not a valid name' } : refusalOf(inner, '', undefined)
    }
    case 'invalid_union': {
      const chosen = issue.errors.flat().find(({ code }) => code === 'custom')
      if (chosen !== undefined) return refusalOf(chosen, received, description)
      return {
        problem: 'has none of the forms it may have',
        remedy: expected(description),
      }
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String)
      const guess = typeof received === 'string' ? suggestedOption(received, allowed) : undefined
      const list = allowed.map((value) => `"${value}"`).join(', ')
      return {
        problem: `must be one of ${list}`,
        remedy: guess === undefined ? undefined : `Use "${guess}".`,
      }
    }
    case 'too_small':
      return { problem: tooSmall(issue) }
    case 'too_big':
      return {
        problem:
          issue.origin === 'string'
            ? `must have at most ${issue.maximum} characters`
            : `must be at most ${issue.maximum}`,
      }
    default:
      return { problem: 'is not valid here' }
  }
}

function tooSmall({ origin, minimum }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'array') return 'must not be an empty list'
  if (origin !== 'string') return `must be at least ${minimum}`
  return minimum === 1 ? 'must not be empty' : `must have at least ${minimum} characters`
}

/** The remedy where no better one is known: what the option is. */
function expected(description: string | undefined): string | undefined {
  return description && `Expected: ${description}`
}

/** How a value of this type is written. */
function spelling(type: string, received: unknown, description: string | undefined): string | undefined {
  if (type === 'array') return 'Put it in brackets: `[…]`.'
  if (typeof received === 'string' && ['boolean', 'number', 'int'].includes(type))
    return 'Write it without quotes.'
  if (typeof received !== 'object' && type === 'string') return 'Put it in quotes.'
  if (type === 'object' || type === 'record')
    return expected(description) ?? 'Write its members by their names: `{ … }`.'
  return expected(description)
}

function article(type: string): string {
  if (type === 'int') return 'a whole number'
  if (type === 'array') return 'a list'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'a list' : article(typeof value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isIndexable(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null
}
