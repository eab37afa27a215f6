/** One thing wrong with the configuration. Nothing in it quotes a secret. */
export interface ConfigProblem {
  /** Path of the option, e.g. `signIn.allowedDomains[0]`. */
  readonly option: string
  /** Continues a sentence that begins with the option: `must be the bare origin: remove "/oidc"`. */
  readonly problem: string
  /** A complete sentence, with the corrected value where it can be computed. */
  readonly remedy?: string | undefined
}

/** The operator's configuration is wrong: thrown at start, with every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'invalid_options'
  readonly problems: readonly ConfigProblem[]

  /** `subject` is what is misconfigured, as the reader calls it: `Logto`, or a policy in a file. */
  constructor(subject: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(
      `${subject} is misconfigured:\n${problems.map((each) => `- ${each.option} ${explainProblem(each)}`).join('\n')}`,
      options,
    )
    this.problems = problems
  }
}

/** Whether something was thrown for a wrong configuration. By its shape: a package from elsewhere may bring its own copy of the class. */
export function isConfigError(error: unknown): error is ConfigError {
  return (
    error instanceof Error &&
    error.name === 'ConfigError' &&
    'problems' in error &&
    Array.isArray(error.problems)
  )
}

/** What to read after the name of the option: the problem, and the remedy where there is one. */
export function explainProblem({ problem, remedy }: Pick<ConfigProblem, 'problem' | 'remedy'>): string {
  const sentence = problem.endsWith('?') ? problem : `${problem}.`
  return remedy === undefined ? sentence : `${sentence} ${remedy}`
}
