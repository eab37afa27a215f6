import { csrfToken, type FormBinding, isCsrfToken } from './browser/csrf-token.ts'
import { localPath } from './browser/local-path.ts'
import { PageProblem, type ProblemCode } from './browser/page-problem.ts'
import { readFields } from './browser/read-fields.ts'
import { isCrossSite, refuseCrossSiteForm } from './browser/refuse-cross-site-form.ts'
import type { SignedIn } from './browser/session.ts'
import type { Context } from './context.ts'
import type { AccountConnection } from './pages/account-page.ts'
import type { ConnectPage } from './pages/connect-page.ts'
import { seeOther } from './pages/page-response.ts'

/** Why a host's page refuses. */
export type HostProblem = Extract<
  ProblemCode,
  | 'connect_other_user'
  | 'connect_admin_only'
  | 'connect_failed'
  | 'connect_expired'
  | 'account_entry_gone'
  | 'unknown_resource'
>

/** What the host says about the account; the rest of the page is known here. */
export type ConnectPageContent = Omit<ConnectPage, 'account' | 'fields'>

/** The host's pages, in the server's own frame and with its own protection of forms. */
export interface HostPages {
  /** Asks a signed-in user to connect an upstream account. */
  connect(request: Request, user: SignedIn, page: ConnectPageContent): Promise<Response>
  connected(request: Request, displayName: string): Promise<Response>
  /** What the user has allowed, and the given upstream accounts; its forms post `do` and `id` to `/account`. */
  account(request: Request, user: SignedIn, connections: readonly AccountConnection[]): Promise<Response>
  /** `cause` goes to the audit trail only. */
  problem(
    request: Request,
    code: HostProblem,
    options?: { readonly retry?: string; readonly cause?: unknown },
  ): Promise<Response>
  /** The page for an error nobody expected: it tells the outside nothing but a reference. */
  failure(request: Request, error: unknown): Promise<Response>
  /** Whether nothing in `request` says that another site sent it. No replacement for a token or a header of its own. */
  isOwnRequest(request: Request): boolean
  /** The fields of a form that was posted from such a page by this user, or the page that refuses it. */
  readForm(request: Request, user: SignedIn, retry: string): Promise<URLSearchParams | Response>
  redirect(location: string | URL): Response
  /** A path on this origin, or undefined for everything else (SEC-17). */
  localPath(value: string | null): string | undefined
}

const contents = () => import('./host-page-content.ts')

export function hostPages(context: Context): HostPages {
  const { settings, vault } = context
  const problem = async (request: Request, error: unknown) =>
    (await contents()).problemResponse(context, request, error)
  return {
    async connect(request, user, content) {
      const { connectPage, pageFrame, pageResponse } = await contents()
      const page = connectPage(pageFrame(settings, request), {
        ...content,
        account: user.account,
        fields: { csrf: csrfToken(vault, bindingOf(user)) },
      })
      return pageResponse(settings.theme, page).catch((error: unknown) => problem(request, error))
    },
    async connected(request, displayName) {
      const { connectedPage, pageFrame, pageResponse } = await contents()
      const page = connectedPage(pageFrame(settings, request), displayName)
      return pageResponse(settings.theme, page).catch((error: unknown) => problem(request, error))
    },
    async account(request, user, connections) {
      const { accountPage, describeGrants, pageFrame, pageResponse } = await contents()
      const grants = await describeGrants(context, user.account.subject)
      const page = accountPage(pageFrame(settings, request), {
        account: user.account,
        grants,
        connections,
        fields: { csrf: csrfToken(vault, bindingOf(user)) },
        signOut: `${settings.basePath}/logout`,
      })
      return pageResponse(settings.theme, page)
    },
    failure: problem,
    isOwnRequest: (request) => !isCrossSite(settings, request),
    problem: (request, code, { retry, cause } = {}) =>
      problem(request, new PageProblem(code, { cause, ...(retry !== undefined && { retry }) })),
    async readForm(request, user, retry) {
      try {
        refuseCrossSiteForm(settings, request)
        const fields = await readFields(request)
        if (!isCsrfToken(vault, bindingOf(user), fields.get('csrf') ?? '')) {
          throw new PageProblem('form_outdated', { retry })
        }
        return fields
      } catch (error) {
        return problem(request, error)
      }
    },
    redirect: (location) => seeOther(settings.theme, location),
    localPath: (value) => localPath(settings, value ?? undefined),
  }
}

function bindingOf({ sessionId, account }: SignedIn): FormBinding {
  return { browser: sessionId, user: account.subject }
}
