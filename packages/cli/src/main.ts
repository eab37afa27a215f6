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
    writeError: (text) => process.stderr.write(text),
  })
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
