import type { Storage } from '@portico/storage'

import { diagnoseTrace, type TraceDiagnosis } from './diagnose-trace.ts'
import {
  byTime,
  findTraceHead,
  listTraceHeads,
  listTracePeriods,
  listTraceSteps,
  newestFirst,
  periodOf,
  type TraceHead,
  type TraceStep,
} from './trace-step.ts'

/** An attempt with everything that is known of it. */
export interface FlowTrace extends TraceHead {
  /** What led to it and has no id of its own: joined by client, or by route and time. */
  readonly before: readonly (TraceStep & { readonly program: string | undefined })[]
  readonly steps: readonly TraceStep[]
  readonly diagnosis: TraceDiagnosis
}

/** Discovery precedes an attempt by at most this time. */
const discoverySeconds = 1800

/**
 * The newest first; looks only into the periods that they are of.
 *
 * @param after the last one of the page before
 */
export async function listTraces(
  storage: Storage,
  limit = 50,
  after?: Pick<TraceHead, 'id' | 'startedAt'>,
): Promise<readonly TraceHead[]> {
  const found: TraceHead[] = []
  for (const period of await listTracePeriods(storage)) {
    if (found.length >= limit) break
    if (after && period > periodOf(after.startedAt)) continue
    const heads = await listTraceHeads(storage, period)
    found.push(...heads.filter((head) => !after || newestFirst(after, head) < 0))
  }
  return found.slice(0, limit)
}

/** @param id of a trace, or the reference of an error page */
/** Everything that is known about one attempt. @returns `undefined` for an id that nothing was recorded under, or no longer */
export async function readTrace(storage: Storage, id: string): Promise<FlowTrace | undefined> {
  const head = await findTraceHead(storage, id)
  if (!head) return undefined
  const steps = await listTraceSteps(storage, id)
  const before = head.kind === 'attempt' ? await stepsBefore(storage, head) : []
  return { ...head, before, steps, diagnosis: diagnoseTrace([...before, ...steps]) }
}

async function stepsBefore(storage: Storage, head: TraceHead): Promise<FlowTrace['before']> {
  const first = periodOf(head.startedAt - discoverySeconds)
  const periods = Array.from({ length: periodOf(head.startedAt) - first + 1 }, (_, index) => first + index)
  const heads = await Promise.all(periods.map((period) => listTraceHeads(storage, period)))
  const candidates = heads
    .flat()
    .filter(
      ({ kind, startedAt }) =>
        kind === 'discovery' && startedAt <= head.startedAt && startedAt >= head.startedAt - discoverySeconds,
    )
  const visits = await Promise.all(
    candidates.map(async (visit) => ({ visit, steps: await listTraceSteps(storage, visit.id) })),
  )
  const registered = visits.filter(({ steps }) => steps.some(({ clientId }) => clientId === head.clientId))
  // Visits that registered this client belong to it for certain; without one, visits of the same route probably do.
  const joined =
    head.clientId !== undefined && registered.length > 0
      ? registered
      : visits.filter(({ visit, steps }) => visit.route === head.route && !registers(steps))
  return joined
    .flatMap(({ visit: { program }, steps }) => steps.map((step) => ({ ...step, program })))
    .filter(
      ({ at, name, clientId }) =>
        at <= head.startedAt && (name !== 'registration.answered' || clientId === head.clientId),
    )
    .sort(byTime)
}

const registers = (steps: readonly TraceStep[]): boolean =>
  steps.some(({ name }) => name === 'registration.answered')
