import { checkAttacks } from './check-attacks.ts'
import { checkAuthorization } from './check-authorization.ts'
import { checkServer } from './check-server.ts'
import { describeComparison } from './compare-runs.ts'
import type { GatewayHost } from './host-gateway.ts'
import type { SuiteRun } from './run-suite.ts'
import { startSubject } from './start-subject.ts'
import type { RuntimeResult } from './tested-runtimes.ts'

/** Revisions of MCP that are judged, with the scenarios that each required when it was released. */
export type RequiredScenarios = ReadonlyMap<string, ReadonlySet<string>>

/** How a run on one runtime ended: what the table says, and what a person reads. */
export interface RuntimeCheck {
  readonly result: RuntimeResult
  readonly failures: number
  readonly report: string
}

/**
 * Runs the whole suite and the attacks against gateways on one runtime; every scenario leaves its checks in
 * `outputDirectory`.
 *
 * @param direct by revision, how the scenarios end without the gateway
 */
export async function checkRuntime(
  host: GatewayHost,
  required: RequiredScenarios,
  direct: ReadonlyMap<string, SuiteRun>,
  outputDirectory: string,
): Promise<RuntimeCheck> {
  const lines: string[] = []
  const server: Record<string, number> = {}
  let authorizationServer = 0
  let failures = 0
  const note = (title: string, { exitCode, output }: SuiteRun, scored?: ReadonlySet<string>): number => {
    const scenarios = [...output.matchAll(/^([✓✗]) (\S+): \d+ passed, \d+ failed$/gm)]
    const shown = scenarios.filter(([, , name = '']) => scored?.has(name) !== false)
    const others = scenarios.length - shown.length
    lines.push('', `${exitCode === 0 ? 'ok  ' : 'FAIL'} ${title}`, ...shown.map(([line]) => `  ${line}`))
    if (others > 0)
      lines.push(`  and ${others} that are not required: extensions, and additions since the release`)
    if (exitCode !== 0) {
      failures += 1
      lines.push(output)
    }
    return shown.filter(([, mark]) => mark === '✓').length
  }

  const subject = await startSubject(host)
  try {
    const { origin, mcpUrl } = subject
    for (const [revision, scenarios] of required) {
      const run = await checkServer(subject, revision, outputDirectory)
      server[revision] = note(`server, required by ${revision}`, run, scenarios)
      const alone = direct.get(revision)
      if (alone === undefined) continue
      const comparison = describeComparison(revision, alone, run)
      lines.push(...comparison.lines)
      if (!comparison.holds) failures += 1
    }
    for (const [issuer, resource] of [
      [origin, undefined],
      [origin, mcpUrl],
      [mcpUrl, mcpUrl],
    ] as const) {
      const title = `authorization server ${new URL(issuer).pathname}, ${resource === undefined ? 'without' : 'with'} resource`
      const run = await checkAuthorization(subject, issuer, resource, outputDirectory)
      authorizationServer += note(title, run)
    }
  } finally {
    await subject.close()
  }
  const attacks = await checkAttacks(host, outputDirectory)
  lines.push('', `${attacks.problems.length === 0 ? 'ok  ' : 'FAIL'} attacks: ${attacks.passed} tests hold`)
  lines.push(...attacks.problems)
  failures += attacks.problems.length
  const { id, title, version } = host
  return {
    failures,
    report: [`\n=== ${title} ${version}`, ...lines].join('\n'),
    result: { id, title, version, server, authorizationServer },
  }
}
