#!/usr/bin/env node
import { processHost } from './process-host.ts'
import { runCommand } from './run-command.ts'

try {
  process.exitCode = await runCommand(process.argv.slice(2), processHost())
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
