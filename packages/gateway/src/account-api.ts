import type { Connections } from '@portico/connections'
import type { AuthorizationServer, RequestFacts } from '@portico/core'
import { StorageUnavailableError } from '@portico/storage'

import { accountConnections, disconnectOwn } from './account-connections.ts'
import { failure, json, noContent, refuse } from './json-answers.ts'

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
    if (collection === undefined) return refuse(404, 'not_found', 'There is nothing at this address.')
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
    return ended ? noContent() : refuse(404, 'not_found', 'Your account has nothing with this id.')
  }
  return (request) =>
    answer(request).catch((error: unknown) => {
      if (!(error instanceof StorageUnavailableError)) throw error
      return failure(error)
    })
}
