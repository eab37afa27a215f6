import { reasonOf, stageOf, traceStages } from './trace-stages.ts'
import type { TraceStep } from './trace-step.ts'

/** How far an attempt came, and what it lacks. */
export interface TraceDiagnosis {
  /** `complete`: a tool was called; `failed`: somebody refused; `stopped`: the next step never came. */
  readonly status: 'complete' | 'failed' | 'stopped'
  /** Name of the step it came to. */
  readonly step: string
  readonly happened: string
  readonly reason?: string | undefined
  readonly missing?: string | undefined
  readonly remedy?: string | undefined
}

/** What is known after these steps, in order of time. */
export function diagnoseTrace(steps: readonly TraceStep[]): TraceDiagnosis {
  const known = steps.filter(({ name }) => Object.hasOwn(traceStages, name))
  const last = known.at(-1)
  if (!last) return { status: 'stopped', step: 'none', happened: 'Nothing is known of it.' }
  const { happened, missing, remedy, end } = stageOf(last)
  // Metadata at one of several places is asked for in turn: absent ones are no failure by themselves.
  const reason = reasonOf(last)
  return {
    status: end ?? 'stopped',
    step: last.name,
    happened,
    ...(reason !== '' && { reason }),
    ...(missing !== undefined && { missing }),
    ...(remedy !== undefined && { remedy }),
  }
}
