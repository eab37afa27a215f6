import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { checkAuthorization } from './check-authorization.ts'
import { checkServer, requiredScenarios } from './check-server.ts'
import type { SuiteRun } from './run-suite.ts'
import { startSubject } from './start-subject.ts'

// Runs the official suite against the gateway; every scenario leaves its checks below `results/`.
const results = fileURLToPath(new URL('./results/', import.meta.url))
rmSync(results, { recursive: true, force: true })

let failures = 0
function report(title: string, { exitCode, output }: SuiteRun, required?: ReadonlySet<string>): void {
  console.log(`\n${exitCode === 0 ? 'ok  ' : 'FAIL'} ${title}`)
  const scenarios = [...output.matchAll(/^[✓✗] (\S+): \d+ passed, \d+ failed$/gm)]
  const shown = scenarios.filter(([, name = '']) => required?.has(name) !== false)
  for (const [line] of shown) console.log(`  ${line}`)
  const others = scenarios.length - shown.length
  if (others > 0)
    console.log(
      `  and ${others} scenarios that are not required: extensions, and additions since the release`,
    )
  if (exitCode === 0) return
  failures += 1
  console.log(output)
}

const subject = await startSubject()
try {
  for (const revision of ['2026-07-28', '2025-11-25']) {
    const required = await requiredScenarios(revision)
    report(`server, required by ${revision}`, await checkServer(subject, revision, results), required)
  }
  const { origin, mcpUrl } = subject
  for (const [issuer, resource] of [
    [origin, undefined],
    [origin, mcpUrl],
    [mcpUrl, mcpUrl],
  ] as const) {
    const title = `authorization server ${new URL(issuer).pathname}, ${resource === undefined ? 'without' : 'with'} resource`
    report(title, await checkAuthorization(subject, issuer, resource, results))
  }
} finally {
  await subject.close()
}
process.exitCode = failures === 0 ? 0 : 1
