import { readBounded } from './read-bounded.ts'
import { refuseRedirect } from './refuse-redirect.ts'
import type { Resolve, Transport, TransportSettings } from './transport.ts'

/** The part of `fetch` that is used: a global one, or one that is injected. */
export type Fetch = (input: string, init: RequestInit) => Promise<Response>

/**
 * For runtimes where a connection cannot be pinned to an address (Cloudflare Workers, whose `fetch` has no way into a
 * private network) and for an injected `fetch`. With `resolve` the addresses are checked, but not pinned.
 */
export function createFetchTransport(fetch: Fetch, resolve: Resolve | undefined): Transport {
  return async ({ url, method, headers, body, signal, maxBytes, checkAddresses }) => {
    if (resolve !== undefined) checkAddresses(await resolve(url.hostname))
    const response = await fetch(url.href, {
      method,
      headers,
      redirect: 'manual',
      signal,
      ...(body === undefined ? {} : { body }),
    })
    // A browser-like runtime hides the status of a redirect it did not follow.
    refuseRedirect(response.type === 'opaqueredirect' ? 302 : response.status, url.origin)
    const stream = response.body as (ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) | null
    return {
      status: response.status,
      headers: response.headers,
      body: stream === null ? new Uint8Array() : await readBounded(stream, maxBytes, url.origin),
    }
  }
}

export function createTransport({ resolve, egressProxy }: TransportSettings): Transport {
  if (egressProxy !== undefined) {
    throw new TypeError(
      'egressProxy needs Node, Bun or Deno: this runtime cannot connect through a proxy. Remove it.',
    )
  }
  return createFetchTransport((input, init) => fetch(input, init), resolve)
}
