import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { RemoteHost } from './attacks/hosts/remote-host.ts'
import { threatSections } from './attacks/threats/index.ts'
import type { GatewayHost } from './host-gateway.ts'

/** How the attacks on one runtime ended. */
export interface AttackRun {
  /** Tests that hold. */
  readonly passed: number
  readonly failures: readonly string[]
  /** Lines of the attack list that no test cites that ran. */
  readonly untested: readonly string[]
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
  const report = join(outputDirectory, 'attacks.json')
  try {
    await vitest(report, remote)
  } finally {
    await program.close()
  }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const passed = tests.filter(({ status }) => status === 'passed')
  const ids = threatSections.flatMap(({ threats }) => threats.map(({ id }) => id))
  return {
    passed: passed.length,
    failures: [
      ...tests.flatMap(({ title: test, status, failureMessages }) =>
        status === 'failed' ? [`${test}\n${failureMessages.join('\n')}`] : [],
      ),
      ...testResults.flatMap(({ name, message }) => (message === '' ? [] : [`${name}\n${message}`])),
    ],
    untested: ids.filter((id) => !passed.some(({ title: test }) => new RegExp(`\\b${id}\\b`).test(test))),
  }
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
