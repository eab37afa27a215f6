#!/usr/bin/env node
import { createRequire } from 'node:module'

import { nodeProblem } from './node-problem.ts'

const { version, engines } = createRequire(import.meta.url)('../package.json') as {
  readonly version: string
  readonly engines: { readonly node: string }
}

try {
  const problem = nodeProblem(process.versions, engines.node)
  process.exitCode = problem === undefined ? await run() : refuse(problem)
} catch (error) {
  console.error(error)
  process.exitCode = 1
}

function refuse(problem: string): number {
  process.stderr.write(`${problem}\n`)
  return 1
}

async function run(): Promise<number> {
  // Not before the runtime is known to have what this rests on.
  const { runCommand } = await import('./run-command.ts')
  return runCommand(process.argv.slice(2), {
    version,
    environment: process.env,
    directory: process.cwd(),
    write: (text) => process.stdout.write(text),
    isTerminal: process.stdout.isTTY,
    untilStopped,
    writeError: (text) => process.stderr.write(text),
  })
}

/** The first signal lets requests finish; a second one ends the process as usual. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
