import type { Caller } from './caller.ts'
import { asConnectionError } from './connection-error.ts'
import type { UpstreamHead } from './interpret-response.ts'
import type { Outgoing } from './request-context.ts'

/** Sends a request on behalf of a caller; `fetch`, or what stands in for it. */
export type Send = (url: string, init: RequestInit, caller: Caller) => Promise<Response>

/**
 * Sends a request to the upstream over Fetch.
 *
 * @throws {ConnectionError} when there is no response
 */
export function fetchUpstream(
  send: Send,
  { url, method, headers, body, context }: Outgoing,
  signal: AbortSignal,
): Promise<Response> {
  const init: RequestInit = {
    method,
    headers: { ...headers },
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body }),
  }
  return send(url, init, context.caller).catch(asConnectionError)
}

/** The head of a response. Of a redirect that it does not follow, a browser's Fetch hides the status. */
export const headOf = ({ type, status, headers }: Response): UpstreamHead => ({
  status: type === 'opaqueredirect' ? 302 : status,
  header: (name) => headers.get(name) ?? undefined,
})
