import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { formatProblem, prepare } from '../prepare.ts'
import type { Configured, Problem } from '../prepare.ts'
import { StartError } from '../start-error.ts'

/** Ends a command that finds problems, and says which. */
export type Refuse = (problems: readonly Problem[], code?: ExitCode) => ExitCode

/** Writes problems to standard error: a line for each, or one JSON object. */
export function refusal(host: Host, json: true | undefined): Refuse {
  return (problems, code = 1) => {
    if (json) writeJson(host.writeError, { problems })
    else writeLines(host.writeError, problems.map(formatProblem))
    return code
  }
}

/**
 * Does what a command is for, with a configuration that has no mistakes. Problems that are found before, or on the way as
 * a `StartError`, refuse the command.
 */
export async function withConfiguration(
  host: Host,
  options: { readonly config: string; readonly port?: string | undefined },
  refuse: Refuse,
  work: (configured: Configured) => Promise<ExitCode>,
): Promise<ExitCode> {
  const prepared = await prepare(host, options)
  const { config, problems } = prepared
  if (!config || problems.length > 0) return refuse(problems)
  try {
    return await work({ ...prepared, config })
  } catch (error) {
    if (error instanceof StartError) return refuse(error.problems)
    throw error
  }
}
