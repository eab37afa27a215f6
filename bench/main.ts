import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

import { startChild } from './child-process.ts'
import { warmTarget } from './measure.ts'
import type { Sample, Surroundings, WarmTarget } from './measure.ts'
import { formatCase } from './report.ts'
import type { CaseResult, Run } from './report.ts'
import { targetNames } from './targets/start-target.ts'
import type { TargetName } from './targets/start-target.ts'
import { caseName, cases, workloadIds } from './workloads.ts'
import type { Case } from './workloads.ts'

const { values } = parseArgs({
  options: {
    workload: { type: 'string', default: workloadIds.join(',') },
    rounds: { type: 'string', default: '21' },
    seconds: { type: 'string', default: '0.3' },
    // V8 compiles what is hot in several steps: a server that runs for weeks is past the last of them.
    warmup: { type: 'string', default: '25000' },
    connections: { type: 'string', default: '16' },
    json: { type: 'string' },
    compare: { type: 'string' },
  },
})
const wanted = new Set(values.workload.split(','))
for (const id of wanted) {
  if (!workloadIds.some((known) => known === id))
    throw new Error(`--workload: ${id} is not one of ${workloadIds.join(', ')}`)
}
const rounds = positive('rounds', 1000)
const seconds = positive('seconds', 30)
const connections = positive('connections', 256)
const warmupRequests = positive('warmup', 200_000)
const earlier = values.compare === undefined ? undefined : readRun(values.compare)

const directory = mkdtempSync(join(tmpdir(), 'portico-bench-'))
const load = startChild(new URL('load-process.ts', import.meta.url))
try {
  const surroundings = { load, directory, upstreamUrl: await load.ask<string>('upstream') }
  const results: CaseResult[] = []
  for (const setup of cases.filter(({ workload }) => wanted.has(workload))) {
    const result = await measureCase(setup, surroundings)
    results.push(result)
    console.log(
      `${formatCase(
        result,
        earlier?.results.find(({ name }) => name === result.name),
      )}\n`,
    )
  }
  const run: Run = { node: process.version, rounds, seconds, results }
  if (values.json !== undefined)
    writeFileSync(fromCaller(values.json), `${JSON.stringify(run, undefined, 2)}\n`)
} finally {
  await load.stop()
  rmSync(directory, { recursive: true, force: true })
}

/** Every target is warmed up, then they take turns: what disturbs the machine for a while disturbs all of them. */
async function measureCase(setup: Case, surroundings: Surroundings): Promise<CaseResult> {
  const options = { seconds, connections, warmupRequests, maxRequests: Math.ceil(10_000 * seconds) }
  const targets: [TargetName, WarmTarget][] = []
  try {
    for (const name of targetNames) targets.push([name, await warmTarget(name, setup, surroundings, options)])
    const measured: Record<TargetName, Sample>[] = []
    while (measured.length < rounds) {
      const samples: Partial<Record<TargetName, Sample>> = {}
      for (const [name, target] of targets) samples[name] = await target.sample()
      measured.push(samples as Record<TargetName, Sample>)
    }
    return { name: caseName(setup), rounds: measured }
  } finally {
    await Promise.all(targets.map(([, target]) => target.stop()))
  }
}

function positive(name: 'rounds' | 'seconds' | 'connections' | 'warmup', most: number): number {
  const value = Number(values[name])
  if (value > 0 && value <= most && (name === 'seconds' || Number.isInteger(value))) return value
  throw new Error(
    `--${name}: give a ${name === 'seconds' ? '' : 'whole '}number from ${name === 'seconds' ? '0.1' : '1'} to ${most}`,
  )
}

function readRun(file: string): Run {
  return JSON.parse(readFileSync(fromCaller(file), 'utf8')) as Run
}

/** Package managers change into this folder first, and say where they were called. */
function fromCaller(file: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', file)
}
