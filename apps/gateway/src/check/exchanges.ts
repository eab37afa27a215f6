/** One request of the MCP client and the head of its answer. */
export interface Exchange {
  readonly method: string
  readonly url: URL
  readonly status: number
  readonly contentType: string
  readonly headers: Headers
}

/** A `fetch` that remembers what went through it, to show what the client really did; `send` reaches the servers. */
export function observeFetch(send: (request: Request) => Promise<Response> = fetch) {
  const exchanges: Exchange[] = []
  return {
    fetch: async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const request = new Request(input, init)
      const response = await send(request)
      exchanges.push({
        method: request.method,
        url: new URL(request.url),
        status: response.status,
        contentType: response.headers.get('content-type')?.split(';')[0] ?? '',
        headers: response.headers,
      })
      return response
    },

    /** The latest exchange with this method, path prefix and status. */
    find(method: string, path: string, status: number): Exchange {
      const fits = (each: Exchange): boolean =>
        each.method === method && each.url.pathname.startsWith(path) && each.status === status
      const found = exchanges.findLast(fits)
      if (found !== undefined) return found
      const seen = exchanges.map((each) => `${each.method} ${each.url.pathname} ${each.status}`).join(', ')
      throw new Error(
        `The client sent no ${method} ${path} that was answered ${status}. It sent: ${seen || 'nothing'}.`,
      )
    },

    /** The latest exchange with this path prefix. */
    latest: (path: string): Exchange | undefined =>
      exchanges.findLast(({ url }) => url.pathname.startsWith(path)),

    has: (method: string, path: string): boolean =>
      exchanges.some((each) => each.method === method && each.url.pathname.startsWith(path)),
  }
}

/** The requests of one client. */
export type Exchanges = ReturnType<typeof observeFetch>

/** For one line of a report. */
export const describeExchange = ({ method, url, status }: Exchange): string =>
  `${method} ${url.pathname} → ${status}`
