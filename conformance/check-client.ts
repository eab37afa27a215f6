import { fileURLToPath } from 'node:url'

import { runSuite, type SuiteRun } from './run-suite.ts'

const command = fileURLToPath(new URL('./upstream-client.ts', import.meta.url))

/**
 * Runs the scenarios that a revision requires of an MCP client, and those of the extensions: the gateway is the client, of
 * the suite's own MCP and authorization servers.
 */
export function checkClient(revision: string, outputDirectory: string): Promise<SuiteRun> {
  const expectedFailures = new URL(`./expected-failures.client.${revision}.yaml`, import.meta.url)
  return runSuite([
    'client',
    `--command=${process.execPath} --conditions=@portico/source ${command}`,
    `--requirements=${revision}`,
    `--expected-failures=${fileURLToPath(expectedFailures)}`,
    `--output-dir=${outputDirectory}/client-${revision}`,
    // All of them run at once, each with a process of its own.
    '--timeout=120000',
  ])
}
