import type { FileProblem } from './file-problem.ts'
import type { JsoncDocument } from './jsonc-document.ts'
import { nearestName } from './nearest-name.ts'
import { resolveEnvironment } from './resolve-environment.ts'
import type { Environment } from './resolve-environment.ts'

/** Options that stand beside `policies`; empty where one of them could not be read. */
export interface OptionBlock<Options> {
  readonly config: Options
  readonly problems: readonly FileProblem[]
}

interface BlockForm {
  /** Where it stands beside `policies`. */
  readonly member: string
  /** Whose options they are. */
  readonly of: string
  readonly names: readonly string[]
  readonly example: string
}

/** Reads one object of options from the policies file, its variables resolved; their values are judged by who takes them. */
export function readOptionBlock<Options extends object>(
  document: JsoncDocument,
  environment: Environment,
  { member, of, names, example }: BlockForm,
): OptionBlock<Options> {
  const problems: FileProblem[] = []
  const nothing = {} as Options
  const { value } = document
  const found =
    typeof value === 'object' && value !== null && 'policies' in value
      ? (value as Readonly<Record<string, unknown>>)[member]
      : undefined
  if (found === undefined) return { config: nothing, problems }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    problems.push(document.problemAt([member], `must be an object of options, e.g. ${example}.`))
    return { config: nothing, problems }
  }
  for (const name of Object.keys(found).filter((each) => !names.includes(each))) {
    const meant = nearestName(name, names)
    const remedy = meant === undefined ? `Use ${names.join(', ')}.` : `Did you mean "${meant}"?`
    problems.push(document.problemAt([member, name], `is not an option of ${of}. ${remedy}`))
  }
  const resolved = resolveEnvironment(
    found,
    environment,
    (place, message) => problems.push(document.problemAt(place, message)),
    [member],
  )
  return { config: problems.length > 0 ? nothing : (resolved as Options), problems }
}
