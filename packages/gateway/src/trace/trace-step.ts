import type { Storage } from '@portico/storage'
import { z } from 'zod'

/** One thing that happened in an authorization attempt. Never a secret, a code or a token. */
export interface TraceStep {
  /** Unix seconds. */
  readonly at: number
  /** Among the steps of one second, of one process. */
  readonly order: number
  /** An event of `auditEvents`, or what a client asked for: `challenge.sent`, `resource_metadata.read`, … */
  readonly name: string
  readonly outcome: 'success' | 'denied' | 'failure'
  readonly clientId?: string | undefined
  readonly subject?: string | undefined
  /** Stable code. */
  readonly reason?: string | undefined
  /** For people. */
  readonly text?: string | undefined
}

/** An attempt, or the requests of one program that may have led to one. */
export interface TraceHead {
  readonly id: string
  /** `attempt` from `/authorize` on; `discovery` before it, when nothing names the attempt yet. */
  readonly kind: 'attempt' | 'discovery'
  readonly startedAt: number
  /** Path of the route, where the request said which. */
  readonly route?: string | undefined
  readonly clientId?: string | undefined
  /** What the program calls itself (`User-Agent`). */
  readonly program?: string | undefined
}

const outcome = z.enum(['success', 'denied', 'failure'])
const text = z.string().optional()
const stepSchema = z.object({
  at: z.number(),
  order: z.number(),
  name: z.string(),
  outcome,
  clientId: text,
  subject: text,
  reason: text,
  text,
})
const headSchema = z.object({
  kind: z.enum(['attempt', 'discovery']),
  startedAt: z.number(),
  route: text,
  clientId: text,
  program: text,
})

/** Heads are kept by the time they began in, so that no list goes through all of them. */
const periodSeconds = 900
const periodsGroup = 'trace-periods'
const headsGroup = (period: number): string => `traces:${period}`
const stepsGroup = (id: string): string => `trace:${id}`

/** The quarter of an hour that a trace began in. */
export const periodOf = (startedAt: number): number => Math.floor(startedAt / periodSeconds)

/** Notes that there are traces of a period; once is enough. */
export async function saveTracePeriod(
  storage: Storage,
  period: number,
  retainSeconds: number,
): Promise<void> {
  const expiresAt = (period + 1) * periodSeconds + retainSeconds
  await storage.set(['trace-period', String(period)], { value: {}, group: periodsGroup, expiresAt })
}

/** Periods that traces may be left of, the newest first. */
export async function listTracePeriods(storage: Storage): Promise<readonly number[]> {
  const stored = await storage.list(periodsGroup)
  return stored.map(({ key }) => Number(key[1])).sort((a, b) => b - a)
}

/** Writes the head of a trace, unless it is there. */
export async function saveTraceHead(
  storage: Storage,
  { id, ...value }: TraceHead,
  expiresAt: number,
): Promise<void> {
  await storage.set(
    ['trace', id],
    { value: { ...value }, group: headsGroup(periodOf(value.startedAt)), expiresAt },
    'absent',
  )
}

export async function findTraceHead(storage: Storage, id: string): Promise<TraceHead | undefined> {
  // Longer than any id of ours, and than what a storage takes.
  if (id === '' || id.length > 64) return undefined
  const stored = await storage.get(['trace', id])
  return stored && { id, ...headSchema.parse(stored.value) }
}

/** Those of one period, the newest first. */
export async function listTraceHeads(storage: Storage, period: number): Promise<readonly TraceHead[]> {
  const stored = await storage.list(headsGroup(period))
  return stored.map(({ key, value }) => ({ id: key[1], ...headSchema.parse(value) })).sort(newestFirst)
}

/** Always the same order, so that a list can be read on from any of them. */
export function newestFirst(
  a: Pick<TraceHead, 'id' | 'startedAt'>,
  b: Pick<TraceHead, 'id' | 'startedAt'>,
): number {
  return b.startedAt - a.startedAt || (a.id < b.id ? -1 : 1)
}

/** @param name within the trace: a step of the same name is written once */
export async function saveTraceStep(
  storage: Storage,
  trace: string,
  name: string,
  step: TraceStep,
  expiresAt: number,
): Promise<void> {
  const entry = { value: { ...step }, group: stepsGroup(trace), expiresAt }
  await storage.set(['trace-step', `${trace}:${name}`], entry, 'absent')
}

/** In the order in which they happened. */
export async function listTraceSteps(storage: Storage, trace: string): Promise<readonly TraceStep[]> {
  const stored = await storage.list(stepsGroup(trace))
  return stored.map(({ value }) => stepSchema.parse(value)).sort(byTime)
}

export function byTime(a: TraceStep, b: TraceStep): number {
  return a.at - b.at || a.order - b.order
}
