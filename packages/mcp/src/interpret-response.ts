import { type Answer, methodNotAllowed, sessionNotFound } from './answer.ts'
import { type BodyFilter, MalformedBodyError } from './body-filter.ts'
import { capabilitiesOf, connectRequiredAnswer, declaresUrlElicitation } from './connect-required.ts'
import type { ExchangeOptions } from './exchange-options.ts'
import { isJsonObject, modernErrors } from './json-rpc.ts'
import { maxReadLength } from './message-filters.ts'
import type { Outgoing, RequestContext, Translation } from './request-context.ts'
import { planResponse } from './response-plan.ts'
import { type UpstreamFailure, upstreamFailure } from './upstream-failure.ts'
import type { ReadHeader } from './upstream-headers.ts'
import { isConnectRequired } from './upstream.ts'

/** The upstream's status and headers; its body has not been read. */
export interface UpstreamHead {
  readonly status: number
  readonly header: ReadHeader
}

/** What becomes of the upstream's response. Whatever is not streamed or collected is discarded. */
export type Incoming =
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Once, with a better credential. */
  | { readonly kind: 'retry'; readonly outgoing: Outgoing }
  /** A short body that decides; `finish` gets undefined when it was longer than `maxBytes`. */
  | {
      readonly kind: 'collect'
      readonly maxBytes: number
      readonly finish: (body: string | undefined) => Answer | Translation
    }
  | {
      readonly kind: 'stream'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly filter: BodyFilter | undefined
      /** An event stream: comments are due while it is idle (TR-12). */
      readonly isEventStream: boolean
    }

const maxErrorBytes = 1_048_576
const sessionId = /^[\x21-\x7e]{1,1024}$/

const answered = (answer: Answer): Incoming => ({ kind: 'answer', answer })

/**
 * Everything that is decided between the upstream's head and the first byte to the client: at once where nobody has to be
 * asked, so that a transport need not hold the body back.
 */
export function interpretResponse(
  options: ExchangeOptions,
  outgoing: Outgoing,
  head: UpstreamHead,
): Incoming | Promise<Incoming> {
  const { status, header } = head
  const { context } = outgoing
  const fail = (failure: UpstreamFailure): Answer =>
    upstreamFailure(failure, options.upstream.name, context, { status, retryAfter: header('retry-after') })

  if (status === 401 || status === 403) {
    return withBetterCredential(outgoing, status, header, fail('refused'))
  }
  if (status === 429) return answered(fail('rate_limited'))
  if (status >= 500) return answered(fail('failed'))
  if (status >= 400) return interpretClientError(options, outgoing, head, fail('malformed'))
  if (status >= 300) return answered(fail('redirect'))
  if (status === 202 || status === 204 || outgoing.method === 'DELETE') {
    return answered({ status: outgoing.method === 'DELETE' ? status : 202, headers: {}, body: '' })
  }
  // H03: what asks for nothing is answered by nothing, and some say so by 200. A list would come without an id, and pass the
  // policy unseen.
  if (outgoing.method === 'POST' && context.methods.size === 0) {
    return answered({ status: 202, headers: {}, body: '' })
  }
  const type = header('content-type')?.split(';')[0]?.trim().toLowerCase()
  const encoding = header('content-encoding') ?? 'identity'
  const isEventStream = type === 'text/event-stream'
  if (status !== 200 || encoding !== 'identity' || !(isEventStream || type === 'application/json')) {
    return answered(fail('malformed'))
  }
  return interpretBody(options, outgoing, header, isEventStream, () => fail('malformed'))
}

/** PROXY-05: the upstream refused our credential, which is no business of the client's token. */
async function withBetterCredential(
  outgoing: Outgoing,
  status: 401 | 403,
  header: ReadHeader,
  refused: Answer,
): Promise<Incoming> {
  const { context } = outgoing
  const { credential, request, era, opensUrls } = context
  if (credential?.refresh === undefined) return answered(refused)
  const better = await credential.refresh({ status, wwwAuthenticate: header('www-authenticate') })
  if (better === undefined) return answered(refused)
  if (isConnectRequired(better)) {
    return answered(connectRequiredAnswer(better, request, era, opensUrls))
  }
  // R153: one retry, then the answer or what has to be done first.
  if (context.isRetry) return answered(refused)
  const headers: Record<string, string> = { ...outgoing.headers }
  for (const name of Object.keys(credential.headers)) delete headers[name]
  return {
    kind: 'retry',
    outgoing: {
      ...outgoing,
      headers: { ...headers, ...better.headers },
      context: { ...context, credential: better, isRetry: true },
    },
  }
}

/** 4xx: the protocol's own errors get through, anything else is the upstream's failure. */
function interpretClientError(
  { eras }: ExchangeOptions,
  { context, method }: Outgoing,
  { status, header }: UpstreamHead,
  malformed: Answer,
): Incoming {
  if (method !== 'POST' && status === 405) return answered(methodNotAllowed('POST'))
  const [id] = context.methods.keys()
  const otherwise = status === 404 && context.sessionHandle !== undefined ? sessionNotFound(id) : malformed
  if (!saysJson(header)) return answered(otherwise)
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return {
    kind: 'collect',
    maxBytes: maxErrorBytes,
    finish(body) {
      const code = body === undefined ? undefined : errorCodeOf(body)
      if (body === undefined || code === undefined) return otherwise
      const { request } = context
      const isRefused = request?.method === 'initialize' && modernErrors.has(code)
      if (isRefused && eras?.noteLegacyRefused() === true) {
        return { kind: 'translation', method, message: request, headers: {}, session: undefined, context }
      }
      return { status: status === 404 ? 404 : 400, headers, body }
    },
  }
}

/** Whether a body is JSON by what its head says. */
export const saysJson = (header: ReadHeader): boolean =>
  header('content-type')?.toLowerCase().startsWith('application/json') === true

/** The code of a JSON-RPC error; undefined when the text is none. */
function errorCodeOf(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const error = isJsonObject(value) ? value['error'] : undefined
    if (!isJsonObject(error) || typeof error['message'] !== 'string') return undefined
    return typeof error['code'] === 'number' ? error['code'] : undefined
  } catch {
    return undefined
  }
}

function interpretBody(
  options: ExchangeOptions,
  outgoing: Outgoing,
  header: ReadHeader,
  isEventStream: boolean,
  malformed: () => Answer,
): Incoming | Promise<Incoming> {
  const plan = planResponse(options, outgoing, isEventStream)
  const headers: Record<string, string> = plan.isEventStream
    ? {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      }
    : { 'content-type': 'application/json', 'cache-control': 'no-store' }
  // Comments may be added to an event stream.
  const isUnchanged = plan.kind === 'stream' && plan.filter === undefined && !plan.isEventStream
  const length = isUnchanged ? header('content-length') : undefined
  if (length !== undefined) headers['content-length'] = length
  const finish = (handle: string | undefined): Incoming => {
    if (handle !== undefined) headers['mcp-session-id'] = handle
    return plan.kind === 'stream'
      ? { ...plan, status: 200, headers }
      : collected(plan.rewrite, headers, malformed)
  }
  const handle = sessionHandle(options, outgoing.context, header('mcp-session-id'))
  return handle instanceof Promise ? handle.then(finish) : finish(handle)
}

const collected = (
  rewrite: (body: string) => string,
  headers: Readonly<Record<string, string>>,
  malformed: () => Answer,
): Incoming => ({
  kind: 'collect',
  maxBytes: maxReadLength,
  finish(body) {
    if (body === undefined) return malformed()
    try {
      return { status: 200, headers, body: rewrite(body) }
    } catch (error) {
      if (error instanceof MalformedBodyError) return malformed()
      throw error
    }
  },
})

/** TL-04: the client only ever sees a handle that is bound to it. TR-16: none in the modern era. */
function sessionHandle(
  { sessions }: ExchangeOptions,
  { era, sessionHandle, request, caller, credential }: RequestContext,
  upstreamId: string | undefined,
): string | undefined | Promise<string> {
  if (era === 'modern' || upstreamId === undefined || !sessionId.test(upstreamId)) return undefined
  // A session begins with `initialize` and nothing else (transports, Session Management), a further one too.
  if (request?.method !== 'initialize') return sessionHandle
  const opensUrls = declaresUrlElicitation(capabilitiesOf(request))
  const account = credential?.account
  return sessions.bind(
    { kind: 'upstream', upstreamId, opensUrls, ...(account !== undefined && { account }) },
    caller,
  )
}
