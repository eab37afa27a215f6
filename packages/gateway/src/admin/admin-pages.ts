import type { OperatorSession } from '@portico/core'
import type { Context, Hono } from 'hono'

import { type AdminContext, type AdminEnvironment, onBehalfOf, recordSignIn } from './admin-context.ts'
import { isConfidential } from './admin-origin.ts'
import type { CheckToken } from './admin-token.ts'
import { attemptPage, attemptsPage } from './attempt-pages.ts'
import { endAccess, endAccessPage } from './end-access-page.ts'
import { operatorSessions } from './operator-session.ts'
import { actOnShared, actOnUser, userPage, usersPage } from './user-pages.ts'

/** One page, or what one of its buttons does, for an operator who is signed in. */
export type OperatorAnswer = (context: AdminContext, visit: OperatorVisit) => Promise<Response>

export interface OperatorVisit {
  readonly request: Request
  readonly url: URL
  readonly session: OperatorSession
  /** By name of the placeholder in the path; empty for one that the path has not. */
  readonly parameter: (name: string) => string
}

type Call = Context<AdminEnvironment>

const pages: readonly (readonly [method: 'GET' | 'POST', path: string, answer: OperatorAnswer])[] = [
  ['GET', '/admin', usersPage],
  ['POST', '/admin', actOnShared],
  ['GET', '/admin/users/:subject', userPage],
  ['POST', '/admin/users/:subject', actOnUser],
  ['GET', '/admin/access', endAccessPage],
  ['POST', '/admin/access', endAccess],
  ['GET', '/admin/traces', attemptsPage],
  ['GET', '/admin/traces/:id', attemptPage],
]

/** The admin side for people: they sign in with the admin token, and stay for half an hour. */
export function mountAdminPages(
  app: Hono<AdminEnvironment>,
  context: AdminContext,
  { token, checkToken }: { readonly token: string; readonly checkToken: CheckToken },
): void {
  const sessions = operatorSessions(context.server, token)
  const guarded =
    (answer: (context: AdminContext, call: Call) => Promise<Response>) => async (call: Call) => {
      const scoped = onBehalfOf(context, call.env)
      try {
        return await answer(scoped, call)
      } catch (error) {
        return scoped.server.operatorPages.failure(call.req.raw, error)
      }
    }
  app.get('/', ({ env }) => onBehalfOf(context, env).server.operatorPages.redirect('/admin'))
  app.get(
    '/admin/sign-in',
    guarded(async ({ server }, { req, env }) =>
      server.operatorPages.signIn(req.raw, isConfidential(env.origin) ? undefined : 'not_confidential'),
    ),
  )
  app.post(
    '/admin/sign-in',
    guarded(async (scoped, { req, env }) => {
      const { operatorPages } = scoped.server
      if (!isConfidential(env.origin)) return operatorPages.signIn(req.raw, 'not_confidential')
      const form = await operatorPages.readForm(req.raw, { origin: env.origin })
      if (form instanceof Response) return form
      const outcome = checkToken(form.get('token')?.trim() ?? '', env)
      if (outcome !== 'right') {
        return operatorPages.signIn(req.raw, outcome === 'wrong' ? 'wrong_token' : 'too_many')
      }
      recordSignIn(scoped, env)
      return operatorPages.redirect('/admin', await sessions.start(env.origin))
    }),
  )
  app.post(
    '/admin/sign-out',
    guarded(async ({ server: { operatorPages } }, { req, env }) => {
      const session = await sessions.find(req.raw, env.origin)
      const form = session && (await operatorPages.readForm(req.raw, session))
      if (form instanceof Response) return form
      return operatorPages.redirect('/admin/sign-in', sessions.end(env.origin))
    }),
  )
  for (const [method, path, answer] of pages) {
    app.on(
      method,
      path,
      guarded(async (scoped, { req, env }) => {
        const session = await sessions.find(req.raw, env.origin)
        if (!session) return scoped.server.operatorPages.redirect('/admin/sign-in')
        return answer(scoped, {
          request: req.raw,
          url: new URL(req.url),
          session,
          parameter: (name) => req.param(name) ?? '',
        })
      }),
    )
  }
}
