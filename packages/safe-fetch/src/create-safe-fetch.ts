import { createTransport } from '#transport'

import { type AddressGuardOptions, createAddressGuard } from './address-guard.ts'
import { FetchFailedError } from './fetch-failed-error.ts'
import { createFetchTransport, type Fetch } from './portable-transport.ts'
import type { SafeFetch, SafeFetchInit } from './safe-fetch.ts'
import type { Resolve, TransportAnswer } from './transport.ts'
import { UnsafeUrlError } from './unsafe-url-error.ts'

/** How far a guarded fetch may go. Without options: public https addresses only. */
export interface SafeFetchOptions extends AddressGuardOptions {
  /** Lets `localhost` and literal loopback addresses through, by http too. Only where the server itself runs on loopback. */
  readonly development?: boolean | undefined
  /** Host names that may resolve to any address: `idp.corp.example`, `*.corp.example` (subdomains only). */
  readonly allowHosts?: readonly string[] | undefined
  /** Further address ranges that any public name may resolve to, in CIDR: `10.20.0.0/16`, `fd12:3456::/32`. */
  readonly allowAddresses?: readonly string[] | undefined
  /**
   * A trusted forward proxy for all requests, e.g. `http://proxy.corp.example:3128`. It resolves the names, so it must
   * refuse inside addresses itself; nothing is ever sent around it. Node, Bun and Deno only.
   */
  readonly egressProxy?: string | undefined
  /** Milliseconds for a whole exchange; default 5,000. */
  readonly timeoutMs?: number | undefined
  /** Bytes of decoded body; default 1 MiB. */
  readonly maxBytes?: number | undefined
  /** Sends the checked requests instead of the runtime's own transport: addresses are then pinned no more. */
  readonly fetch?: Fetch | undefined
  /** Looks host names up instead of the system's resolver. */
  readonly resolve?: Resolve | undefined
}

/** Set by the transport, or a way to smuggle ambient authority. */
const refusedHeaders = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'cookie',
  'host',
  'proxy-authorization',
  'referer',
  'transfer-encoding',
  'upgrade',
])
const hiddenHeaders = ['connection', 'content-encoding', 'content-length', 'set-cookie', 'transfer-encoding']

/**
 * A fetch for URLs that somebody else named.
 *
 * @throws {TypeError} when an option is wrong
 */
export function createSafeFetch(options: SafeFetchOptions = {}): SafeFetch {
  const { timeoutMs = 5_000, maxBytes = 1_048_576, fetch, resolve } = options
  const guard = createAddressGuard(options)
  const egressProxy = options.egressProxy === undefined ? undefined : parseProxy(options.egressProxy)
  if (fetch !== undefined && egressProxy !== undefined) {
    throw new TypeError('fetch and egressProxy exclude each other: remove one of them.')
  }
  const transport =
    fetch === undefined ? createTransport({ resolve, egressProxy }) : createFetchTransport(fetch, resolve)

  return async (input, init = {}) => {
    const url = guard.checkUrl(input)
    const headers = requestHeaders(init)
    const limit = AbortSignal.timeout(Math.min(timeoutMs, init.timeoutMs ?? timeoutMs))
    const signal = init.signal === undefined ? limit : AbortSignal.any([limit, init.signal])
    const exchange = transport({
      url,
      method: init.method ?? 'GET',
      headers,
      body: init.body,
      signal,
      maxBytes: Math.min(maxBytes, init.maxBytes ?? maxBytes),
      checkAddresses: (addresses) => guard.checkAddresses(url, addresses),
    })
    try {
      return toResponse(await untilAborted(exchange, signal))
    } catch (error) {
      if (error instanceof UnsafeUrlError || error instanceof FetchFailedError) throw error
      throw explain(error, url.origin, limit, init.signal)
    }
  }
}

function parseProxy(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOrigin =
    url !== undefined && /^https?:$/.test(url.protocol) && url.pathname + url.search + url.hash === '/'
  if (!isOrigin || !isDecodable(url.username + url.password)) {
    throw new TypeError(
      'egressProxy must be the origin of an HTTP proxy, its credentials percent-encoded. Use "http://proxy.corp.example:3128".',
    )
  }
  return url
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function requestHeaders({ headers = {} }: SafeFetchInit): Record<string, string> {
  const sent: Record<string, string> = {
    accept: '*/*',
    'user-agent': 'portico',
    'accept-encoding': 'identity',
  }
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase()
    if (refusedHeaders.has(key))
      throw new TypeError(`headers: a guarded fetch never takes "${key}". Remove it.`)
    sent[key] = value
  }
  return sent
}

/** Ends the wait even where a resolver or an injected fetch ignores the signal. */
function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('given up', { cause: signal.reason }))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function explain(cause: unknown, origin: string, limit: AbortSignal, caller: AbortSignal | undefined) {
  if (limit.aborted) return new FetchFailedError('timeout', `${origin} did not answer in time`, { cause })
  if (caller?.aborted === true)
    return new FetchFailedError('aborted', `the request to ${origin} was given up`, { cause })
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
  return new FetchFailedError('network', `${origin} cannot be reached${code}`, { cause })
}

function toResponse({ status, headers: received, body }: TransportAnswer): Response {
  const headers = new Headers(received)
  // They described the bytes on the wire; and there is no cookie jar.
  for (const name of hiddenHeaders) headers.delete(name)
  return new Response(status === 204 || status === 205 || status === 304 ? null : body, { status, headers })
}
