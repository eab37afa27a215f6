import type { Storage } from '@portico/storage'

import { diagnoseTrace, type TraceDiagnosis } from './diagnose-trace.ts'
import { listTraces } from './read-trace.ts'
import { listTraceSteps, type TraceHead } from './trace-step.ts'

/** Which traces are looked for. */
export interface TracesQuery {
  /** Absent: both. */
  readonly kind?: TraceHead['kind'] | undefined
  /** Any of these; empty for all. */
  readonly statuses: readonly TraceDiagnosis['status'][]
  readonly limit: number
  /** The last one that the page before looked at. */
  readonly after?: Pick<TraceHead, 'id' | 'startedAt'> | undefined
}

/** A trace in a list. */
export interface DiagnosedTrace extends TraceHead {
  readonly diagnosis: TraceDiagnosis
}

/** One page of traces. */
export interface FoundTraces {
  readonly traces: readonly DiagnosedTrace[]
  /** What `after` is for the next page; absent on the last. */
  readonly next?: Pick<TraceHead, 'id' | 'startedAt'>
}

/** Of one page: what came of each has to be read. */
const mostLookedAt = 200

/** The newest first. A page that looked at many may hold fewer than `limit`, and still have a next one. */
export async function findTraces(
  storage: Storage,
  { kind, statuses, limit, after }: TracesQuery,
): Promise<FoundTraces> {
  const heads = await listTraces(storage, mostLookedAt, after)
  const traces: DiagnosedTrace[] = []
  for (const head of heads) {
    if (kind !== undefined && head.kind !== kind) continue
    const diagnosis = diagnoseTrace(await listTraceSteps(storage, head.id))
    if (statuses.length === 0 || statuses.includes(diagnosis.status)) traces.push({ ...head, diagnosis })
    if (traces.length === limit) return { traces, next: { id: head.id, startedAt: head.startedAt } }
  }
  const last = heads.at(-1)
  return {
    traces,
    ...(heads.length === mostLookedAt && last && { next: { id: last.id, startedAt: last.startedAt } }),
  }
}
