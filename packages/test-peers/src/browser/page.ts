import type { ButtonChoice, FormValue } from './form-submission.ts'
import type { HtmlForm } from './html-forms.ts'

/** One request and its answer on the way to a page. */
export interface Hop {
  readonly method: string
  readonly url: string
  readonly requestHeaders: Headers
  readonly status: number
  readonly responseHeaders: Headers
}

/** How to name one of several forms. */
export interface SubmitOptions {
  readonly button?: ButtonChoice
  /** Index, `id`, or part of the action. Needed when several forms have the button. */
  readonly form?: number | string
}

/** Where a navigation ended: a page, or an address at which the browser was told to stop. */
export interface Page {
  readonly url: string
  /** `true` when the browser stopped before requesting `url`: a client's redirect URI, or a scheme of another program. */
  readonly stopped: boolean
  /** The query of `url`; when a POST was stopped, the form's fields. */
  readonly parameters: URLSearchParams
  /** 0 when stopped. */
  readonly status: number
  readonly headers: Headers
  /** The body as it came, whatever its type. */
  readonly body: string
  /** What a reader sees. */
  readonly text: string
  readonly title: string
  readonly forms: readonly HtmlForm[]
  readonly links: readonly { readonly href: string; readonly text: string }[]
  /** Every request of the navigation, in order. */
  readonly hops: readonly Hop[]
  /** Fills the form and presses the button. */
  submit(values?: Readonly<Record<string, FormValue>>, options?: SubmitOptions): Promise<Page>
  /** Clicks the link whose text contains `text` or fits the pattern. */
  follow(text: string | RegExp): Promise<Page>
}
