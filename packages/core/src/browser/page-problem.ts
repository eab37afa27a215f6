import type { MessageKey } from '../pages/messages/en.ts'

/** Why the browser is shown a page instead of what it wanted. Each has its texts in the message catalog. */
export type ProblemCode =
  | 'invalid_request'
  | 'unknown_client'
  | 'client_unavailable'
  | 'redirect_uri_not_registered'
  | 'unknown_resource'
  | 'attempt_expired'
  | 'other_browser'
  | 'login_finished'
  | 'form_outdated'
  | 'cross_site_form'
  | 'provider_answer_invalid'
  | 'sign_in_failed'
  | 'sign_in_denied'
  | 'account_not_allowed'
  | 'provider_unavailable'
  | 'temporarily_unavailable'
  | 'server_error'
  | 'method_not_allowed'
  | 'too_many_requests'
  | 'connect_other_user'
  | 'connect_admin_only'
  | 'connect_failed'
  | 'connect_expired'
  | 'account_entry_gone'
  | 'operators_entry_gone'

const statusOf: Readonly<Record<ProblemCode, number>> = {
  invalid_request: 400,
  unknown_client: 400,
  client_unavailable: 400,
  redirect_uri_not_registered: 400,
  unknown_resource: 404,
  attempt_expired: 400,
  other_browser: 400,
  login_finished: 400,
  form_outdated: 403,
  cross_site_form: 403,
  provider_answer_invalid: 400,
  sign_in_failed: 502,
  sign_in_denied: 403,
  account_not_allowed: 403,
  provider_unavailable: 503,
  temporarily_unavailable: 503,
  server_error: 500,
  method_not_allowed: 405,
  too_many_requests: 429,
  connect_other_user: 403,
  connect_admin_only: 403,
  connect_failed: 502,
  connect_expired: 400,
  account_entry_gone: 404,
  operators_entry_gone: 404,
}

export interface PageProblemOptions extends ErrorOptions {
  /** Own words, shown to the user; never text of a stranger. */
  readonly detail?: string
  readonly traceId?: string | undefined
  /** A path of ours that may work. */
  readonly retry?: string | undefined
  /** What to press in the client that was recognised. */
  readonly advice?: MessageKey | undefined
}

/** An error that ends on a page of our own. There is no place in it for an address to send the browser to (AS-21). */
export class PageProblem extends Error {
  override readonly name = 'PageProblem'
  readonly code: ProblemCode
  readonly status: number
  readonly detail: string | undefined
  readonly traceId: string | undefined
  readonly retry: string | undefined
  readonly advice: MessageKey | undefined

  constructor(code: ProblemCode, options: PageProblemOptions = {}) {
    super(options.detail ?? code, options)
    this.code = code
    this.status = statusOf[code]
    this.detail = options.detail
    this.traceId = options.traceId
    this.retry = options.retry
    this.advice = options.advice
  }

  /** The same problem, with what is known of the attempt it happened in. */
  within(attempt: Pick<PageProblemOptions, 'traceId' | 'retry' | 'advice'>): PageProblem {
    const { code, detail, cause } = this
    return new PageProblem(code, { cause, ...(detail !== undefined && { detail }), ...attempt })
  }
}
