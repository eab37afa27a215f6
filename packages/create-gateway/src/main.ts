#!/usr/bin/env node
import { createRequire } from 'node:module'

import { runCommand } from './run-command.ts'
import { terminalQuestions } from './terminal-questions.ts'

const manifest = createRequire(import.meta.url)('../package.json') as {
  readonly devDependencies: Readonly<Record<string, string>>
}

/** The published manifest has a range; in a clone of the repository the newest release is meant. */
const { portico: range = 'latest' } = manifest.devDependencies

try {
  process.exitCode = await runCommand(process.argv.slice(2), {
    directory: process.cwd(),
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    questions: process.stdin.isTTY && process.stdout.isTTY ? terminalQuestions : undefined,
    range: range.startsWith('workspace:') ? 'latest' : range,
  })
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
