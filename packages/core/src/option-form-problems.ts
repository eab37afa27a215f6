import { type ConfigProblem, parseOptions } from '@portico/provider'

import { optionShape } from './option-shape.ts'
import type { AuthorizationServerOptions } from './options.ts'

/**
 * What is wrong with each of some options by itself, for who can say where they stand. What they mean together is judged by
 * `createAuthorizationServer`.
 */
export function optionFormProblems(options: Partial<AuthorizationServerOptions>): readonly ConfigProblem[] {
  const shape = Object.fromEntries(
    Object.entries(optionShape).filter(([name]) => Object.hasOwn(options, name)),
  )
  return parseOptions(shape, options).problems
}
