import { json, noContent, refuse } from '../json-answers.ts'
import { disconnect, revokeGrant } from './admin-actions.ts'
import type { AdminEndpoint } from './admin-api.ts'
import { describeUser } from './describe-user.ts'
import { listUsers } from './list-users.ts'
import { pageLimit, pageLimitRule } from './page-limit.ts'

const unknownUser = (): Response =>
  refuse(404, 'not_found', 'There is no user with this subject, and no client that acts for itself.')

/** All users, or those of a name or address. */
export const users: AdminEndpoint = {
  method: 'GET',
  path: '/users',
  async answer(context, { url: { searchParams } }) {
    const limit = pageLimit(searchParams.get('limit'))
    if (limit === undefined) return refuse(400, 'invalid_request', pageLimitRule)
    const search = searchParams.get('search') ?? undefined
    return json(
      200,
      await listUsers(context, { search, after: searchParams.get('after') ?? undefined, limit }),
    )
  },
}

/** One user, with all they have allowed and connected. */
export const user: AdminEndpoint = {
  method: 'GET',
  path: '/users/:subject',
  async answer(context, { parameter }) {
    const found = await describeUser(context, parameter('subject'))
    return found ? json(200, found) : unknownUser()
  },
}

/** Ends what a user allowed a client. */
export const userGrant: AdminEndpoint = {
  method: 'DELETE',
  path: '/users/:subject/grants/:id',
  async answer(context, { parameter }) {
    const existed = await revokeGrant(context, parameter('subject'), parameter('id'))
    return existed ? noContent() : refuse(404, 'not_found', 'The user has no grant with this id.')
  },
}

/** Disconnects an upstream account of a user. */
export const userConnection: AdminEndpoint = {
  method: 'DELETE',
  path: '/users/:subject/connections/:upstream',
  async answer(context, { parameter }) {
    const done = await disconnect(context, parameter('upstream'), parameter('subject'))
    return done ? json(200, done) : refuse(404, 'not_found', 'The user has not connected this account.')
  },
}
