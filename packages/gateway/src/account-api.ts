import type { Connections } from '@portico/connections'
import type { AuthorizationServer, RequestFacts } from '@portico/core'
import { StorageUnavailableError } from '@portico/storage'

import { accountConnections, disconnectOwn } from './account-connections.ts'

const pattern = /^\/account\/api\/(grants|connections)(?:\/([\w.-]+))?$/

/**
 * The account page for programs in the user's own browser: they come with its session cookie, so every change must say,
 * by a header that no other site can send without asking, that a page of this origin made it (G01).
 */
export function accountApi(
  server: AuthorizationServer,
  connections: Connections | undefined,
  facts?: RequestFacts,
): (request: Request) => Promise<Response> {
  const answer = async (request: Request): Promise<Response> => {
    const [, collection, id] = pattern.exec(new URL(request.url).pathname) ?? []
    if (collection === undefined) return refuse(404, 'not_found', 'Nothing is answered here.')
    const method = id === undefined ? 'GET' : 'DELETE'
    if (request.method !== method) {
      return refuse(405, 'method_not_allowed', `Use ${method}.`, { allow: method })
    }
    if (!server.pages.isOwnRequest(request)) {
      return refuse(403, 'cross_site_request', 'Call this from a page of the same origin.')
    }
    if (method === 'DELETE' && !request.headers.get('x-requested-with')) {
      return refuse(403, 'header_missing', 'Send the header X-Requested-With, with any value.')
    }
    const user = await server.signedIn(request)
    if (!user) return refuse(401, 'not_signed_in', 'Sign in at /account in this browser first.')
    const { subject } = user.account
    if (id === undefined) {
      return json(
        200,
        collection === 'grants'
          ? { grants: await server.describeGrants(subject) }
          : { connections: await accountConnections(connections, subject) },
      )
    }
    const ended =
      collection === 'grants'
        ? await server.withdrawGrant(subject, id)
        : await disconnectOwn(connections, subject, id, facts)
    return ended
      ? new Response(null, { status: 204, headers })
      : refuse(404, 'not_found', 'There is none of this id in your account.')
  }
  return (request) =>
    answer(request).catch((error: unknown) => {
      if (!(error instanceof StorageUnavailableError)) throw error
      const description = 'The server cannot reach its storage. Try again shortly.'
      return refuse(503, 'temporarily_unavailable', description, { 'retry-after': '5' })
    })
}

const headers = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const

function json(status: number, body: unknown, more?: Readonly<Record<string, string>>): Response {
  return Response.json(body, { status, headers: { ...headers, ...more } })
}

function refuse(
  status: number,
  error: string,
  description: string,
  more?: Readonly<Record<string, string>>,
): Response {
  return json(status, { error, error_description: description }, more)
}
