import type { Connections } from '@portico/connections'
import type { AuthorizationServer, RequestFacts } from '@portico/core'

import { accountApi } from './account-api.ts'
import { accountConnections, disconnectOwn } from './account-connections.ts'
import type { OriginFetch } from './origin-fetch.ts'

const accountPath = '/account'

/** AS-82: the page on which users see and end what they have allowed, and the same for programs; `next` answers the rest. */
export function accountEndpoints(
  server: AuthorizationServer,
  connections: Connections | undefined,
  next: OriginFetch,
): OriginFetch {
  return (request, path, facts) => {
    if (path.startsWith(`${accountPath}/api/`))
      return accountApi(server.forRequest(facts), connections, facts)(request)
    if (path !== accountPath) return next(request, path, facts)
    const answer = methods.get(request.method)
    if (!answer)
      return new Response(null, { status: 405, headers: { allow: [...methods.keys()].join(', ') } })
    const scoped = server.forRequest(facts)
    return answer(scoped, connections, request, facts).catch((error: unknown) =>
      scoped.pages.failure(request, error),
    )
  }
}

type Answer = (
  server: AuthorizationServer,
  connections: Connections | undefined,
  request: Request,
  facts: RequestFacts | undefined,
) => Promise<Response>

const show: Answer = async (server, connections, request) => {
  const user = await server.requireSignIn(request, accountPath)
  if (user instanceof Response) return user
  return server.pages.account(request, user, await accountConnections(connections, user.account.subject))
}

/** One button of the page. What it names is looked up among the user's own, so an id of another user is one of nobody. */
const act: Answer = async (server, connections, request, facts) => {
  const user = await server.requireSignIn(request, accountPath)
  if (user instanceof Response) return user
  const form = await server.pages.readForm(request, user, accountPath)
  if (form instanceof Response) return form
  const { subject } = user.account
  const id = form.get('id') ?? ''
  const action = form.get('do')
  const done =
    (action === 'revoke' && (await server.withdrawGrant(subject, id))) ||
    (action === 'disconnect' && (await disconnectOwn(connections, subject, id, facts)))
  return done
    ? server.pages.redirect(accountPath)
    : server.pages.problem(request, 'account_entry_gone', { retry: accountPath })
}

const methods: ReadonlyMap<string, Answer> = new Map([
  ['GET', show],
  ['POST', act],
])
