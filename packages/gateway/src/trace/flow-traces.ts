import type { AuditEvent } from '@portico/core'
import type { Storage } from '@portico/storage'

import {
  answeredStep,
  type DiscoveryRequest,
  type DiscoveryStep,
  discoveryStep,
} from './discovery-request.ts'
import {
  findTraceHead,
  periodOf,
  saveTraceHead,
  saveTracePeriod,
  saveTraceStep,
  type TraceHead,
  type TraceStep,
} from './trace-step.ts'

export interface FlowTracesOptions {
  readonly storage: Storage
  /** Unix seconds. */
  readonly now: () => number
  /** How long a trace is kept. */
  readonly retainSeconds: number
  readonly isRoute: (path: string) => boolean
  readonly onError?: ((error: unknown) => void) | undefined
}

/** Follows authorization attempts, from the first 401 to the first tool call. */
export interface FlowTraces {
  /** Never throws and never waits, like `request`. */
  event(event: AuditEvent): void
  /** A request that may precede an attempt. */
  request(request: DiscoveryRequest): void
  /** Resolves when everything noted so far is written, or could not be. */
  settled(): Promise<void>
}

/** Events that a new attempt, or a page nobody was led to, begins with. */
const beginnings = new Set([
  'authorization.started',
  'authorization.refused',
  'page.refused',
  'server.failed',
  'login.started',
])
/** Events of which the first one tells all. */
const onlyOnce = new Set([
  'access.denied',
  'connection.required',
  'route.used',
  'token.refreshed',
  'tool.called',
  'tool.denied',
])
/** Events without an id, which belong to the newest attempt of their client on this node. */
const joinedByClient = new Set(['client.authentication_failed', 'token.refused'])
/** Strangers can begin attempts: beyond this many in one minute and process nothing is kept. */
const tracesPerMinute = 600
/** Requests of one program count as one discovery for this time. */
const discoverySeconds = 900
const maximumRemembered = 10_000
/** Of one visit: a program that registers more often is no program that somebody waits for. */
const maximumRegistrations = 20
/** Of one attempt: whoever knows the id of a client can bring them about. */
const maximumJoined = 20
/** Of what a program calls itself. */
const maximumText = 120

export function createFlowTraces(options: FlowTracesOptions): FlowTraces {
  const { storage, now, retainSeconds, isRoute, onError } = options
  const begun = new Set<string>()
  const noted = new Set<string>()
  /** What is noted once, by trace. */
  const once = new Map<string, Set<string>>()
  const mayBegin = minuteBudget(tracesPerMinute, now)
  const newest = new Map<string, string>()
  const registrations = new Map<string, number>()
  const joined = new Map<string, number>()
  let order = 0
  let notedPeriod: number | undefined
  let last: Promise<void> = Promise.resolve()

  // One after the other: a trace costs the storage one connection, never more.
  const later = (work: () => Promise<void>): void => {
    last = last.then(work).catch((error: unknown) => onError?.(error))
  }
  const begin = async (head: TraceHead): Promise<boolean> => {
    if (begun.has(head.id)) return true
    if (!mayBegin()) return false
    const period = periodOf(head.startedAt)
    if (period !== notedPeriod) await saveTracePeriod(storage, period, retainSeconds)
    notedPeriod = period
    await saveTraceHead(storage, head, head.startedAt + retainSeconds)
    remember(begun, head.id)
    return true
  }
  const isKept = async (id: string): Promise<boolean> => {
    if (begun.has(id)) return true
    if (!(await findTraceHead(storage, id))) return false
    remember(begun, id)
    return true
  }

  /** Of a trace by its id: every call asks, so that no text is made to ask with. */
  const isFirst = (traceId: string, name: string): boolean => {
    const names = once.get(traceId)
    if (names?.has(name)) return false
    if (names) names.add(name)
    else rememberNewest(once, traceId, new Set([name]))
    return true
  }
  /** @param id of the step; one of its own for what may happen several times */
  const note = (traceId: string, event: AuditEvent, id?: string): void => {
    const at = now()
    const place = { at, order: (order += 1) }
    // Most of it is done for what is kept alone: of many attempts in a minute not all are.
    later(async () => {
      const kept = beginnings.has(event.name)
        ? await begin({ id: traceId, kind: 'attempt', startedAt: at, ...headOf(event) })
        : await isKept(traceId)
      if (!kept) return
      const step = { ...stepOf(event), ...place }
      await saveTraceStep(storage, traceId, id ?? crypto.randomUUID(), step, at + retainSeconds)
    })
  }

  return {
    event(event) {
      const { name, clientId = '' } = event
      const traceId = event.traceId ?? (joinedByClient.has(name) ? newest.get(clientId) : undefined)
      if (traceId === undefined || name === 'tool.answered') return
      if (event.traceId === undefined && !isAmong(maximumJoined, joined, traceId)) return
      if (name === 'authorization.started') rememberNewest(newest, clientId, traceId)
      if (!onlyOnce.has(name)) note(traceId, event)
      else if (isFirst(traceId, name)) note(traceId, event, name)
    },
    request(request) {
      const at = now()
      const visit = visitOf(request, Math.floor(at / discoverySeconds))
      const { readAnswer } = request
      // Nothing is hashed, read or written for what is known already: most requests are.
      if (readAnswer && (registrations.get(visit) ?? 0) >= maximumRegistrations) return
      const found = discoveryStep(request, isRoute)
      if (!found) return
      const isNew = readAnswer
        ? isAmong(maximumRegistrations, registrations, visit)
        : remember(noted, `${visit}:${nameOf(found)}`)
      if (!isNew) return
      const answer = readAnswer?.()
      const program = request.userAgent?.slice(0, maximumText)
      order += 1
      const place = { at, order }
      later(async () => {
        const id = await visitId(visit)
        const { route, ...step } = answer ? answeredStep(found, await answer) : found
        const { clientId } = step
        if (!(await begin({ id, kind: 'discovery', startedAt: at, route, clientId, program }))) return
        await saveTraceStep(
          storage,
          id,
          nameOf({ route, ...step }),
          { ...step, ...place },
          at + retainSeconds,
        )
      })
    },
    settled: async () => {
      let seen: Promise<void> | undefined
      while (seen !== last) {
        seen = last
        await seen
      }
    },
  }
}

/** A program at an address, for a while. */
const visitOf = ({ clientAddress = '', userAgent = '' }: DiscoveryRequest, window: number): string =>
  `${window} ${clientAddress} ${userAgent.slice(0, maximumText)}`

/** Neither program nor address can be read from it. */
async function visitId(visit: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(visit)))
  return btoa(String.fromCharCode(...digest))
    .replaceAll(/[^a-z\d]/gi, '')
    .slice(0, 12)
}

const nameOf = ({ name, outcome, route, clientId }: DiscoveryStep): string =>
  [name, outcome, route ?? '', clientId ?? ''].join(':').slice(0, 300)

function headOf({ clientId, resource }: AuditEvent): Pick<TraceHead, 'clientId' | 'route'> {
  const route = resource === undefined ? undefined : new URL(resource).pathname
  return { clientId, route }
}

function stepOf({
  name,
  outcome,
  clientId,
  subject,
  reason,
  detail,
}: AuditEvent): Omit<TraceStep, 'at' | 'order'> {
  const told = ['problem', 'provider', 'redirectHost', 'upstream', 'tool', 'method', 'path']
    .map((member) => detail?.[member])
    .filter((value): value is string => typeof value === 'string' && value !== '')
  return {
    name,
    outcome,
    clientId,
    subject,
    reason,
    ...(told.length > 0 && { text: told.join('; ').slice(0, 500) }),
  }
}

/** @returns whether it was not there yet */
function remember(set: Set<string>, value: string): boolean {
  if (set.has(value)) return false
  const [oldest] = set
  if (oldest !== undefined && set.size >= maximumRemembered) set.delete(oldest)
  set.add(value)
  return true
}

function rememberNewest<Value>(newest: Map<string, Value>, key: string, value: Value): void {
  const [oldest] = newest.keys()
  if (oldest !== undefined && newest.size >= maximumRemembered) newest.delete(oldest)
  newest.set(key, value)
}

/** Counts one more. @returns whether it is among the first `most` */
function isAmong(most: number, counts: Map<string, number>, key: string): boolean {
  const count = counts.get(key) ?? 0
  if (count < most) rememberNewest(counts, key, count + 1)
  return count < most
}

function minuteBudget(most: number, now: () => number): () => boolean {
  let minute = 0
  let used = 0
  return () => {
    const current = Math.floor(now() / 60)
    if (current !== minute) [minute, used] = [current, 0]
    used += 1
    return used <= most
  }
}
