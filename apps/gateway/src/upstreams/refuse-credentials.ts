/** A request that carried something which only the gateway may see. */
export interface Leak {
  readonly method: string
  readonly url: string
  /** Names only: the values are secrets. */
  readonly headers: readonly string[]
}

const credentialHeaders = ['authorization', 'proxy-authorization', 'cookie', 'x-forwarded-access-token']

/**
 * Puts a guard before an upstream that needs no credentials: whoever sends it any has passed on a token or a cookie
 * that was meant for the gateway. Such a request is refused and remembered.
 */
export function refuseCredentials(handler: (request: Request) => Promise<Response>) {
  const leaks: Leak[] = []
  return {
    leaks: leaks as readonly Leak[],
    async fetch(request: Request): Promise<Response> {
      const headers = credentialHeaders.filter((name) => request.headers.has(name))
      if (headers.length === 0) return handler(request)
      leaks.push({ method: request.method, url: request.url, headers })
      const message = `This server must never receive ${headers.join(' or ')}: the gateway passed on a credential of its own.`
      return Response.json({ jsonrpc: '2.0', id: null, error: { code: -32_600, message } }, { status: 400 })
    },
  }
}
