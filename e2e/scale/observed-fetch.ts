import type { Fetch } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'

/** There was no answer, or one that says to try again: the step that was under way begins anew. */
export class Interruption extends Error {
  override readonly name = 'Interruption'
}

/** What a gateway may answer when nothing is wrong with the request, and when a code was spent by a lost answer. */
const fine = new Set([200, 201, 204, 302, 303, 400])

/**
 * Takes a 503 and a broken connection for an {@link Interruption}, and notes every answer that is neither that nor what
 * the request deserves.
 */
export function observedFetch(wrong: string[], fetch: Fetch = nodeFetch): Fetch {
  return async (request) => {
    const { pathname } = new URL(request.url)
    const note = (what: string): void => void wrong.push(`${what}: ${request.method} ${pathname}`)
    // 400 is for the caller to judge, who knows what was asked before.
    const isChallenge = pathname.startsWith('/mcp/') && !request.headers.has('authorization')
    let response: Response
    let body: ArrayBuffer
    try {
      response = await fetch(request)
      body = await response.arrayBuffer()
    } catch (cause) {
      throw new Interruption(pathname, { cause })
    }
    const { status, headers } = response
    if (status === 503) {
      if (!headers.has('retry-after')) note('503 without Retry-After')
      throw new Interruption(pathname)
    }
    if (!fine.has(status) && !(status === 401 && isChallenge))
      note(`${status} ${new TextDecoder().decode(body).slice(0, 200)}`)
    return new Response(status === 204 ? null : body, { status, headers })
  }
}
