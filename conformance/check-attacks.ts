import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { RemoteHost } from './attacks/hosts/remote-host.ts'
import { threatSections } from './attacks/threats/index.ts'
import type { Threat } from './attacks/threats/threat.ts'
import type { GatewayHost } from './host-gateway.ts'

/** How the attacks on one runtime ended. */
export interface AttackRun {
  /** Tests that hold. */
  readonly passed: number
  /** Tests that fail, and lines of the list that none cites that holds. */
  readonly problems: readonly string[]
}

/** What is read of the report that vitest writes in the format of Jest. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const repository = fileURLToPath(new URL('../', import.meta.url))

/** Runs the attacks against gateways on one runtime, with everything around them in a process of its own. */
export async function checkAttacks(host: GatewayHost, outputDirectory: string): Promise<AttackRun> {
  const program = await host.startAttacked()
  const { id, listens } = host
  const remote: RemoteHost = { id, origin: program.origin, listens }
  mkdirSync(outputDirectory, { recursive: true })
  const report = join(outputDirectory, 'attacks.json')
  try {
    await vitest(report, remote)
  } finally {
    await program.close()
  }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const passed = tests.filter(({ status }) => status === 'passed')
  const isShown = ({ id: line }: Threat) =>
    passed.some(({ title }) => new RegExp(`\\b${line}\\b`).test(title))
  const problems = [
    ...testResults.flatMap(({ name, message }) => (message === '' ? [] : [`${name}\n${message}`])),
    ...tests.flatMap(({ title, status, failureMessages }) =>
      status === 'failed' ? [`${title}\n${failureMessages.join('\n')}`] : [],
    ),
    ...threatSections.flatMap(({ threats }) =>
      threats.flatMap((threat) => (isShown(threat) ? [] : [`No test of ${threat.id} holds.`])),
    ),
  ]
  return { passed: passed.length, problems }
}

/** Resolves when the tests have ended, however. */
function vitest(report: string, remote: RemoteHost): Promise<void> {
  const program = fileURLToPath(new URL('../vitest.mjs', import.meta.resolve('vitest')))
  const choice = ['run', 'conformance/attacks/', '-t', `memory, on ${remote.id}`]
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...choice, '--reporter=json', `--outputFile=${report}`],
      {
        cwd: repository,
        env: { ...process.env, PORTICO_ATTACK_HOST: JSON.stringify(remote) },
        maxBuffer: 2 ** 26,
      },
      () => resolve(),
    )
  })
}
