import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { checkClient } from './check-client.ts'
import { checkRuntime, type RuntimeCheck } from './check-runtime.ts'
import { checkUpstream, requiredScenarios } from './check-server.ts'
import { type GatewayHost, gatewayHosts } from './host-gateway.ts'
import { changedRuntimes, writeTestedRuntimes } from './tested-runtimes.ts'

const help = `Runs the official conformance suite of MCP against the gateway on every runtime.

Usage: pnpm conformance [runtime…] [--write] [--required]

  runtime     node-22, node-24, bun, deno, workerd; default all of them
  --write     writes what holds to tested-runtimes.json, which the documentation is generated from
  --required  fails when one of them is not installed, instead of leaving it out
`

const resultsDirectory = fileURLToPath(new URL('./results/', import.meta.url))
const revisions = ['2026-07-28', '2025-11-25']

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: 'boolean', default: false },
    required: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(help)
else process.exitCode = await run(positionals, values)

interface RunOptions {
  readonly write: boolean
  readonly required: boolean
}

async function run(chosen: readonly string[], { write, required }: RunOptions): Promise<0 | 1> {
  const known = gatewayHosts()
  const unknown = chosen.filter((id) => !known.has(id as GatewayHost['id']))
  if (unknown.length > 0) throw new Error(`There is no runtime ${unknown.join(', ')}.\n\n${help}`)
  const wanted = [...known].filter(([id]) => chosen.length === 0 || chosen.includes(id))
  const absent = wanted.flatMap(([id, host]) => (host ? [] : id))
  for (const id of absent) {
    console.log(
      `${required ? 'FAIL' : 'skipped:'} ${id} is not installed for ${process.platform} ${process.arch}.`,
    )
  }
  if (required && absent.length > 0) return 1

  const checks = await checkAll(wanted.flatMap(([, host]) => host ?? []))
  const results = checks.map(({ result }) => result)
  const ofRuntimes = checks.reduce((sum, check) => sum + check.failures, 0)
  const failures = ofRuntimes + (await checkUpstreamSide())
  console.log('')
  for (const { result, failures: found } of checks) {
    console.log(`${found === 0 ? 'ok  ' : 'FAIL'} ${result.title} ${result.version}`)
  }
  if (failures > 0) return 1
  if (write && results.length === known.size) {
    writeTestedRuntimes(results)
    return 0
  }
  const changed = changedRuntimes(results)
  if (changed.length === 0) return 0
  console.error(
    `\nThe documentation says something else about ${changed.join(', ')}: run "pnpm conformance --write" where all runtimes are installed, then "pnpm generate", and commit the result.`,
  )
  return 1
}

/** What the gateway does as a client is the same code on every runtime: once is enough. @returns how many runs fail */
async function checkUpstreamSide(): Promise<number> {
  let failures = 0
  for (const revision of revisions) {
    const { exitCode, output } = await checkClient(revision, resultsDirectory)
    if (exitCode !== 0) failures += 1
    console.log(`\n${exitCode === 0 ? 'ok  ' : 'FAIL'} client of upstreams, ${revision}`)
    console.log(exitCode === 0 ? output.slice(output.indexOf('=== SUITE SUMMARY')) : output)
  }
  return failures
}

/** Two at a time, as most of what the suite does is waiting; reports come in order. */
async function checkAll(hosts: readonly GatewayHost[]): Promise<readonly RuntimeCheck[]> {
  rmSync(resultsDirectory, { recursive: true, force: true })
  const required = new Map<string, ReadonlySet<string>>()
  for (const revision of revisions) required.set(revision, await requiredScenarios(revision))
  const direct = await checkUpstream(revisions, `${resultsDirectory}without-gateway`)

  const waiting = [...hosts.entries()]
  const checks: RuntimeCheck[] = []
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, host] = next
      const check = await checkRuntime(host, required, direct, `${resultsDirectory}${host.id}`)
      console.log(check.report)
      checks[index] = check
    }
  }
  await Promise.all([work(), work()])
  return checks
}
