import { json, refuse } from '../json-answers.ts'
import { findTraces, type TracesQuery } from '../trace/find-traces.ts'
import { readTrace } from '../trace/read-trace.ts'
import type { AdminEndpoint } from './admin-api.ts'
import { pageLimit, pageLimitRule } from './page-limit.ts'

const statusesOf: Readonly<Record<string, TracesQuery['statuses']>> = {
  all: [],
  unfinished: ['failed', 'stopped'],
  failed: ['failed'],
  stopped: ['stopped'],
  complete: ['complete'],
}

/** What came of attempts to connect, the newest first. */
export const traces: AdminEndpoint = {
  method: 'GET',
  path: '/traces',
  async answer({ server }, { url: { searchParams } }) {
    const limit = pageLimit(searchParams.get('limit'))
    const query = tracesQuery(searchParams)
    if (limit === undefined) return refuse(400, 'invalid_request', pageLimitRule)
    if (!query) {
      const description = `kind must be attempt or discovery, status one of ${Object.keys(statusesOf).join(', ')}, and after a value of next.`
      return refuse(400, 'invalid_request', description)
    }
    const { traces: found, next } = await findTraces(server.context.storage, { ...query, limit })
    return json(200, { traces: found, ...(next && { next: traceCursor(next) }) })
  },
}

/** One attempt, step by step, by its id or the reference of an error page. */
export const trace: AdminEndpoint = {
  method: 'GET',
  path: '/traces/:id',
  async answer({ server }, { parameter }) {
    const found = await readTrace(server.context.storage, parameter('id'))
    return found
      ? json(200, found)
      : refuse(404, 'not_found', 'There is no trace with this id, or it has expired.')
  },
}

/** @returns `undefined` for parameters that ask for nothing known */
export function tracesQuery(parameters: URLSearchParams): Omit<TracesQuery, 'limit'> | undefined {
  const kind = parameters.get('kind') ?? 'attempt'
  const status = parameters.get('status') ?? 'all'
  const cursor = parameters.get('after')
  const [, startedAt, id] = /^(\d{1,12})\.(.{1,64})$/.exec(cursor ?? '') ?? []
  const statuses = Object.hasOwn(statusesOf, status) ? statusesOf[status] : undefined
  const after = startedAt === undefined || id === undefined ? undefined : { startedAt: Number(startedAt), id }
  if ((kind !== 'attempt' && kind !== 'discovery') || !statuses || (cursor !== null && !after))
    return undefined
  return { kind, statuses, after }
}

export const traceCursor = ({ startedAt, id }: { readonly startedAt: number; readonly id: string }): string =>
  `${startedAt}.${id}`
