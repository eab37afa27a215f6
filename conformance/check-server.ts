import { fileURLToPath } from 'node:url'

import { createScriptedBrowser, createScriptedMcpClient } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'

import { runSuite, type SuiteRun } from './run-suite.ts'
import { startSuiteUpstream, type Subject } from './start-subject.ts'
import { startTokenProxy } from './token-proxy.ts'

const redirectUri = 'http://127.0.0.1:33418/callback'

/** Runs the scenarios that a revision requires of an MCP server, as somebody who has signed in. */
export async function checkServer(
  { mcpUrl }: Subject,
  revision: string,
  outputDirectory: string,
): Promise<SuiteRun> {
  const browser = createScriptedBrowser({ fetch: nodeFetch, stopAt: [redirectUri] })
  const connection = await createScriptedMcpClient({ fetch: nodeFetch, browser, redirectUri }).connect(mcpUrl)
  const proxy = await startTokenProxy(mcpUrl, async () => connection.tokens.accessToken)
  try {
    return await runScenarios(proxy.url, revision, `${outputDirectory}/server-${revision}`)
  } finally {
    await proxy.close()
  }
}

/** Runs the same scenarios against the server behind the gateway, which asks nobody who they are. */
export async function checkUpstream(
  revisions: readonly string[],
  outputDirectory: string,
): Promise<ReadonlyMap<string, SuiteRun>> {
  const upstream = await startSuiteUpstream()
  try {
    const runs = new Map<string, SuiteRun>()
    for (const revision of revisions) {
      runs.set(revision, await runScenarios(upstream.url, revision, `${outputDirectory}/server-${revision}`))
    }
    return runs
  } finally {
    await upstream.close()
  }
}

function runScenarios(url: string, revision: string, outputDirectory: string): Promise<SuiteRun> {
  const expectedFailures = new URL(`./expected-failures.${revision}.yaml`, import.meta.url)
  return runSuite([
    'server',
    `--url=${url}`,
    `--requirements=${revision}`,
    `--expected-failures=${fileURLToPath(expectedFailures)}`,
    `--output-dir=${outputDirectory}`,
  ])
}

/** The scenarios, of servers and clients, that a revision required when it was released. */
export async function requiredScenarios(revision: string): Promise<ReadonlySet<string>> {
  const { output } = await runSuite(['list', `--requirements=${revision}`])
  const [required = ''] = output.split('Run and reported, but never scored')
  return new Set([...required.matchAll(/^ {2}- (\S+)/gm)].map(([, name = '']) => name))
}
