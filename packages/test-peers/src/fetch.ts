/** How the peers reach servers. A Hono app's `fetch`, the global `fetch` and `nodeFetch` all fit. */
export type Fetch = (request: Request) => Response | Promise<Response>

/** What most servers take as an injected `fetch`. */
export type InjectableFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/**
 * Serves several origins inside this process: the request goes to the handler of its origin.
 *
 * @param fallback reaches every other origin; without it, an unknown origin rejects like a failed connection
 */
export function routeByOrigin(handlers: Readonly<Record<string, Fetch>>, fallback?: Fetch): InjectableFetch {
  const byOrigin = new Map(
    Object.entries(handlers).map(([origin, handler]) => [new URL(origin).origin, handler]),
  )
  return async (input, init) => {
    const request = new Request(input, init)
    const { origin } = new URL(request.url)
    const handler = byOrigin.get(origin) ?? fallback
    if (handler === undefined) {
      throw new TypeError(
        `Nothing serves ${origin} in this test: known are ${[...byOrigin.keys()].join(', ')}.`,
      )
    }
    return handler(request)
  }
}
