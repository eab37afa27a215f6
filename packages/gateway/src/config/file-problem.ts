/** Where a member stands inside a JSON document: names and indexes from the top. */
export type JsonPath = readonly (string | number)[]

/** One mistake in the configuration: where it is, what is wrong and what to do about it. Never holds a secret. */
export interface FileProblem {
  /** As the reader named it, e.g. `config/policies.json`. */
  readonly file: string
  /** 1-based; absent when the file as a whole is meant. */
  readonly line?: number
  readonly column?: number
  /** e.g. `policies[0].handler.options.logtoEndpoint`; empty when the file as a whole is meant. */
  readonly path: string
  readonly message: string
}

/** The configuration cannot be used: every mistake in it, at once. */
export class ConfigFilesError extends Error {
  override readonly name = 'ConfigFilesError'
  readonly code = 'config_invalid'
  readonly problems: readonly FileProblem[]

  constructor(problems: readonly FileProblem[], options?: ErrorOptions) {
    super(problems.map(formatFileProblem).join('\n'), options)
    this.problems = problems
  }
}

/** One line: `file:line path: message`. */
export function formatFileProblem({ file, line, path, message }: FileProblem): string {
  const place = line === undefined ? file : `${file}:${line}`
  return path === '' ? `${place}: ${message}` : `${place} ${path}: ${message}`
}

/** `['paths', '/mcp/demo', 'get,post']` → `paths["/mcp/demo"]["get,post"]`. */
export function formatJsonPath(path: JsonPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `[${JSON.stringify(step)}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')
}
