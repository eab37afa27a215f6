import { findTraces } from '../trace/find-traces.ts'
import { type FlowTrace, readTrace } from '../trace/read-trace.ts'
import { reasonOf, stageOf } from '../trace/trace-stages.ts'
import type { TraceStep } from '../trace/trace-step.ts'
import type { AdminContext } from './admin-context.ts'
import type { OperatorAnswer, OperatorVisit } from './admin-pages.ts'
import { traceCursor, tracesQuery } from './traces.ts'

const attemptsPerPage = 25

/** What came of attempts; a reference that somebody typed leads to its own page. */
export const attemptsPage: OperatorAnswer = async (context, visit) => {
  const { operatorPages, context: core } = context.server
  const reference = visit.url.searchParams.get('id')?.trim() ?? ''
  if (reference === '') return showAttempts(context, visit)
  const found = await readTrace(core.storage, reference)
  return found
    ? operatorPages.redirect(`/admin/traces/${encodeURIComponent(reference)}`)
    : showAttempts(context, visit, reference)
}

export const attemptPage: OperatorAnswer = async (context, { request, session, parameter }) => {
  const { operatorPages, context: core } = context.server
  const trace = await readTrace(core.storage, parameter('id'))
  return trace
    ? operatorPages.attempt(request, session, attemptOf(trace))
    : operatorPages.gone(request, '/admin/traces')
}

async function showAttempts(
  { server }: AdminContext,
  { request, url, session }: OperatorVisit,
  unknown?: string,
): Promise<Response> {
  const { searchParams } = url
  const status = searchParams.get('status') === 'all' ? 'all' : 'unfinished'
  const asked = new URLSearchParams({
    status,
    ...(searchParams.has('after') && { after: searchParams.get('after') ?? '' }),
  })
  const query = tracesQuery(asked)
  if (!query) return server.operatorPages.gone(request, '/admin/traces')
  const { traces, next } = await findTraces(server.context.storage, { ...query, limit: attemptsPerPage })
  return server.operatorPages.attempts(request, session, {
    attempts: traces.map(({ id, startedAt, route, clientId, diagnosis: { status: outcome, happened } }) => ({
      id,
      startedAt,
      route,
      clientId,
      status: outcome,
      happened,
    })),
    unfinishedOnly: status === 'unfinished',
    unknown,
    next: next && `/admin/traces?${new URLSearchParams({ status, after: traceCursor(next) }).toString()}`,
  })
}

function attemptOf({ id, startedAt, route, clientId, before, steps, diagnosis }: FlowTrace) {
  const origin = before[0]?.at ?? startedAt
  const shown = (step: TraceStep) => ({
    name: step.name,
    sentence: stageOf(step).happened,
    told: reasonOf(step),
    seconds: step.at - origin,
  })
  const { status, happened, reason, missing, remedy } = diagnosis
  return {
    id,
    startedAt,
    route,
    clientId,
    program: before.find(({ program }) => program !== undefined)?.program,
    status,
    happened: reason === undefined ? happened : `${happened} (${reason})`,
    missing,
    remedy,
    before: before.map(shown),
    steps: steps.map(shown),
  }
}
