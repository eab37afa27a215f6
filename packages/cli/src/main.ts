#!/usr/bin/env node
import { createRequire } from 'node:module'

import { runCommand } from './run-command.ts'

const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string }

try {
  process.exitCode = await runCommand(process.argv.slice(2), {
    version,
    environment: process.env,
    directory: process.cwd(),
    write: (text) => process.stdout.write(text),
    isTerminal: process.stdout.isTTY,
    untilStopped,
    writeError: (text) => process.stderr.write(text),
  })
} catch (error) {
  console.error(error)
  process.exitCode = 1
}

/** The first signal lets requests finish; a second one ends the process as usual. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
