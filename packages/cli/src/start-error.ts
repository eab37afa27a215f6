import type { SettingProblem } from './settings.ts'

/** The gateway cannot be started: what the operator has to change. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly problems: readonly SettingProblem[]

  constructor(problems: readonly SettingProblem[], options?: ErrorOptions) {
    super(problems.map(({ setting, message }) => `${setting}: ${message}`).join('\n'), options)
    this.problems = problems
  }
}
