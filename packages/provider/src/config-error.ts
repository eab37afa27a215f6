/** One thing wrong with the configuration. Nothing in it quotes a secret. */
export interface ConfigProblem {
  /** Path of the option, e.g. `signIn.allowedDomains[0]`. */
  readonly option: string
  /** Continues a sentence that begins with the option: `must be the bare origin: remove "/oidc"`. */
  readonly problem: string
  /** A sentence of its own, with the corrected value where it can be computed. */
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
      `${subject} is misconfigured:\n${problems.map((each) => `- ${sentence(each)}`).join('\n')}`,
      options,
    )
    this.problems = problems
  }
}

function sentence({ option, problem, remedy }: ConfigProblem): string {
  return remedy === undefined ? `${option} ${problem}.` : `${option} ${problem}. ${remedy}`
}
