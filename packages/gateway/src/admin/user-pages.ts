import { connectionFacts } from '../connection-facts.ts'
import { disconnect, revokeAccess, revokeGrant } from './admin-actions.ts'
import type { OperatorAnswer } from './admin-pages.ts'
import { sharedStates } from './connections.ts'
import { describeUser } from './describe-user.ts'
import { listUsers } from './list-users.ts'

const usersPerPage = 25

export const usersPage: OperatorAnswer = async (context, { request, url, session }) => {
  const search = url.searchParams.get('search')?.trim() ?? ''
  const after = url.searchParams.get('after') ?? undefined
  const isFirst = search === '' && after === undefined
  const { users, next } = await listUsers(context, { search, after, limit: usersPerPage })
  return context.server.operatorPages.users(request, session, {
    users,
    search,
    next: next === undefined ? undefined : `/admin?${new URLSearchParams({ after: next }).toString()}`,
    shared: isFirst
      ? (await sharedStates(context)).map((state) => ({
          ...connectionFacts(state),
          connectUrl: state.connectUrl,
        }))
      : [],
  })
}

/** The button of an account that everybody shares. */
export const actOnShared: OperatorAnswer = async (context, { request, session }) => {
  const { operatorPages } = context.server
  const form = await operatorPages.readForm(request, session)
  if (form instanceof Response) return form
  const done = form.get('do') === 'disconnect' && (await disconnect(context, form.get('id') ?? ''))
  return done ? operatorPages.redirect('/admin') : operatorPages.gone(request, '/admin')
}

export const userPage: OperatorAnswer = async (context, { request, session, parameter }) => {
  const { operatorPages } = context.server
  const found = await describeUser(context, parameter('subject'))
  if (!found) return operatorPages.gone(request, '/admin')
  return operatorPages.user(request, session, {
    ...found,
    connections: found.connections.map(connectionFacts),
  })
}

/** One button of a user's page. */
export const actOnUser: OperatorAnswer = async (context, { request, session, parameter }) => {
  const { operatorPages } = context.server
  const form = await operatorPages.readForm(request, session)
  if (form instanceof Response) return form
  const subject = parameter('subject')
  const id = form.get('id') ?? ''
  const page = `/admin/users/${encodeURIComponent(subject)}`
  switch (form.get('do')) {
    case 'end':
      await revokeAccess(context, { subject })
      return operatorPages.redirect('/admin')
    case 'revoke':
      return (await revokeGrant(context, subject, id))
        ? operatorPages.redirect(page)
        : operatorPages.gone(request, page)
    case 'disconnect':
      return (await disconnect(context, id, subject))
        ? operatorPages.redirect(page)
        : operatorPages.gone(request, page)
    default:
      return operatorPages.gone(request, page)
  }
}
