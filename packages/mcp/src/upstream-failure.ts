import { type Answer, errorAnswer } from './answer.ts'
import { errorCodes } from './json-rpc.ts'
import type { RequestContext } from './request-context.ts'

/** What went wrong between the proxy and the upstream. */
export type UpstreamFailure =
  /** No connection, or one that broke before the answer began. */
  | 'unreachable'
  | 'timeout'
  /** 401 or 403 although nothing better than the credential sent can be had. */
  | 'refused'
  | 'rate_limited'
  /** 5xx. */
  | 'failed'
  /** 3xx: never followed. */
  | 'redirect'
  /** An answer that is no MCP: HTML, an unknown content type or encoding, too large. */
  | 'malformed'

const statuses: Readonly<Record<UpstreamFailure, number>> = {
  unreachable: 502,
  timeout: 504,
  refused: 502,
  rate_limited: 429,
  failed: 502,
  redirect: 502,
  malformed: 502,
}

const texts: Readonly<Record<UpstreamFailure, string>> = {
  unreachable: 'cannot be reached',
  timeout: 'did not answer in time',
  refused: 'refused the credentials of the gateway',
  rate_limited: 'asks to slow down',
  failed: 'failed',
  redirect: 'answered with a redirect, which is not followed',
  malformed: 'answered with something that is no MCP',
}

/**
 * G07, PROXY-22: one defined outcome for each failure, told apart from the gateway's own errors. Nothing of the upstream's
 * answer gets through but a wait in seconds; never 401 or 403, which would send the client to log in again (PROXY-05).
 */
export function upstreamFailure(
  failure: UpstreamFailure,
  upstreamName: string,
  context: RequestContext,
  facts: { readonly status?: number; readonly retryAfter?: string | undefined } = {},
): Answer {
  const { status, retryAfter } = facts
  const seconds = retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? retryAfter : undefined
  const [id] = context.methods.keys()
  return errorAnswer(
    statuses[failure],
    id,
    {
      code: errorCodes.upstreamFailed,
      message: `${upstreamName} ${texts[failure]}`,
      data: { upstream: upstreamName, reason: failure, ...(status === undefined ? {} : { status }) },
    },
    seconds === undefined ? {} : { 'retry-after': seconds },
  )
}
