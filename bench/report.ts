import type { Sample } from './measure.ts'
import { targetNames } from './targets/start-target.ts'
import type { TargetName } from './targets/start-target.ts'

/** A whole run, as `--json` writes it and `--compare` reads it. */
export interface Run {
  readonly node: string
  readonly rounds: number
  readonly seconds: number
  readonly results: readonly CaseResult[]
}

export interface CaseResult {
  readonly name: string
  /** One sample of each target for each round. */
  readonly rounds: readonly Readonly<Record<TargetName, Sample>>[]
}

const floors = ['node:http', 'hono'] as const

/** The median, over rounds, of Portico's rate divided by the floor's of the same round. */
function rateRatio({ rounds }: CaseResult, floor: TargetName): number {
  return median(rounds.map((round) => round.portico.requestsPerSecond / round[floor].requestsPerSecond))
}

/** The median, over rounds, of the floor's CPU divided by Portico's of the same round: more is better, as with rates. */
function cpuRatio({ rounds }: CaseResult, floor: TargetName): number {
  return median(
    rounds.map((round) => round[floor].cpuMicrosecondsPerRequest / round.portico.cpuMicrosecondsPerRequest),
  )
}

/** The table of one case; with `earlier` also how the ratios changed. */
export function formatCase(result: CaseResult, earlier: CaseResult | undefined): string {
  const lines = targetNames.map((target) => {
    const of = (read: (sample: Sample) => number) => median(result.rounds.map((round) => read(round[target])))
    return [
      `  ${target.padEnd(10)}`,
      `${of((sample) => sample.requestsPerSecond).toFixed(0)} req/s`.padStart(15),
      `${of((sample) => sample.p50Ms).toFixed(2)} ms p50`.padStart(15),
      `${of((sample) => sample.cpuMicrosecondsPerRequest).toFixed(0)} µs CPU`.padStart(12),
    ].join('')
  })
  const ratios = floors.map((floor) => {
    const now = rateRatio(result, floor)
    const then = earlier && rateRatio(earlier, floor)
    const change = then === undefined ? '' : ` (was ${then.toFixed(2)}, × ${(now / then).toFixed(2)})`
    return `${now.toFixed(2)} of ${floor}${change}, by CPU ${cpuRatio(result, floor).toFixed(2)}`
  })
  return [result.name, ...lines, `  portico is ${ratios.join('; ')}`].join('\n')
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}
