import { csrfToken, isCsrfToken } from './browser/csrf-token.ts'
import { PageProblem } from './browser/page-problem.ts'
import { readFields } from './browser/read-fields.ts'
import { refuseCrossSiteForm } from './browser/refuse-cross-site-form.ts'
import type { Context } from './context.ts'
import type { Html } from './pages/html.ts'
import type { AttemptPage } from './pages/operators/attempt-page.ts'
import type { AttemptsPage } from './pages/operators/attempts-page.ts'
import type { EndAccessPage } from './pages/operators/end-access-page.ts'
import type { SignInRefusal } from './pages/operators/sign-in-page.ts'
import type { UserPage } from './pages/operators/user-page.ts'
import type { UsersPage } from './pages/operators/users-page.ts'
import { seeOther } from './pages/page-response.ts'

/** A browser in which an operator is signed in, as the host knows it. */
export interface OperatorSession {
  /** Random, and known to that browser alone: forms are bound to it. */
  readonly id: string
  /** By which the browser came, e.g. `http://localhost:9100`. */
  readonly origin: string
}

/** What the host says about a page; its frame and its forms are made here. */
type Content<Page> = Omit<Page, 'fields'>

/** Pages of a host's admin side, below `/admin`: in the server's own frame, and with its own protection of forms. */
export interface OperatorPages {
  /** Its form posts `token` to `/admin/sign-in`. */
  signIn(request: Request, refusal?: SignInRefusal): Promise<Response>
  /** Its forms post `do` and `id` to `/admin`. */
  users(request: Request, session: OperatorSession, page: Content<UsersPage>): Promise<Response>
  /** Its forms post `do` and `id` to `/admin/users/{subject}`. */
  user(request: Request, session: OperatorSession, page: Content<UserPage>): Promise<Response>
  attempts(request: Request, session: OperatorSession, page: Content<AttemptsPage>): Promise<Response>
  attempt(request: Request, session: OperatorSession, page: Content<AttemptPage>): Promise<Response>
  /** Its form posts `client_id`, `before` and `confirmed` to `/admin/access`. */
  endAccess(request: Request, session: OperatorSession, page: Content<EndAccessPage>): Promise<Response>
  /** The page for an entry that is not there, or no longer. */
  gone(request: Request, retry: string): Promise<Response>
  /** The page for an error nobody expected: it tells the outside nothing but a reference. */
  failure(request: Request, error: unknown): Promise<Response>
  /**
   * The fields of a form that was posted from such a page, or the page that refuses it; without a session those of the
   * sign-in page.
   */
  readForm(
    request: Request,
    from: OperatorSession | Pick<OperatorSession, 'origin'>,
  ): Promise<URLSearchParams | Response>
  redirect(path: string, cookie?: string): Response
}

const refusalStatus: Readonly<Record<SignInRefusal, number>> = {
  wrong_token: 401,
  too_many: 429,
  not_confidential: 403,
}
const contents = () => import('./operator-page-content.ts')
const bindingOf = ({ id }: OperatorSession) => ({ browser: id, user: 'admin' })

export function operatorPages(context: Context): OperatorPages {
  const { settings, vault } = context
  const show = async (page: Html, status = 200): Promise<Response> => {
    const { pageResponse } = await contents()
    return withFormAction(await pageResponse(settings.theme, page, { status }))
  }
  const fieldsOf = (session: OperatorSession) => ({ csrf: csrfToken(vault, bindingOf(session)) })
  const failure = async (request: Request, error: unknown): Promise<Response> => {
    const { problemResponse } = await contents()
    return problemResponse(context, request, error)
  }
  return {
    async signIn(request, refusal) {
      const { operatorSignInPage, pageFrame } = await contents()
      const status = refusal === undefined ? 200 : refusalStatus[refusal]
      return show(operatorSignInPage(pageFrame(settings, request), refusal), status)
    },
    async users(request, session, page) {
      const { pageFrame, usersPage } = await contents()
      return show(usersPage(pageFrame(settings, request), { ...page, fields: fieldsOf(session) }))
    },
    async user(request, session, page) {
      const { pageFrame, userPage } = await contents()
      return show(userPage(pageFrame(settings, request), { ...page, fields: fieldsOf(session) }))
    },
    async attempts(request, session, page) {
      const { attemptsPage, pageFrame } = await contents()
      const status = page.unknown === undefined ? 200 : 404
      return show(attemptsPage(pageFrame(settings, request), { ...page, fields: fieldsOf(session) }), status)
    },
    async attempt(request, session, page) {
      const { attemptPage, pageFrame } = await contents()
      return show(attemptPage(pageFrame(settings, request), { ...page, fields: fieldsOf(session) }))
    },
    async endAccess(request, session, page) {
      const { endAccessPage, pageFrame } = await contents()
      const status = page.outcome === undefined || page.outcome === 'ended' ? 200 : 400
      return show(endAccessPage(pageFrame(settings, request), { ...page, fields: fieldsOf(session) }), status)
    },
    gone: (request, retry) => failure(request, new PageProblem('operators_entry_gone', { retry })),
    failure,
    async readForm(request, from) {
      try {
        refuseCrossSiteForm({ publicUrl: from.origin }, request)
        const fields = await readFields(request)
        if ('id' in from && !isCsrfToken(vault, bindingOf(from), fields.get('csrf') ?? '')) {
          throw new PageProblem('form_outdated', { retry: '/admin' })
        }
        return fields
      } catch (error) {
        return failure(request, error)
      }
    },
    redirect: (path, cookie) => seeOther(settings.theme, path, cookie === undefined ? [] : [cookie]),
  }
}

/** Nothing here is followed by a redirect to somebody else, so the policy can be stricter than on pages of users. */
function withFormAction(response: Response): Response {
  const policy = response.headers.get('content-security-policy')
  response.headers.set('content-security-policy', `${policy}; form-action 'self'`)
  return response
}
