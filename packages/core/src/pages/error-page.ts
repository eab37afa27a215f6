import { html } from 'hono/html'

import type { PageProblem } from '../browser/page-problem.ts'
import { type Html, nothing } from './html.ts'
import { layout, type PageFrame } from './layout.ts'
import type { MessageKey } from './messages/en.ts'

/** What happened, why, what to do, and a reference that finds the rest. */
export interface ErrorPage {
  readonly problem: Pick<PageProblem, 'code' | 'detail' | 'retry'>
  readonly reference: string
  /** What to press in the client that was recognised. */
  readonly advice: MessageKey | undefined
  /** Further ways on, e.g. the forms of an account that is not allowed. */
  readonly actions?: Html
}

export function errorPage(frame: PageFrame, { problem, reference, advice, actions }: ErrorPage): Html {
  const { text } = frame.translator
  const detail = { detail: problem.detail ?? '' }
  return layout(frame, {
    title: text(`problem.${problem.code}.title`),
    body: html`<h1>${text(`problem.${problem.code}.title`)}</h1>
      <section>
        <h2>${text('error.why')}</h2>
        <p>${text(`problem.${problem.code}.why`, detail)}</p>
      </section>
      <section>
        <h2>${text('error.next')}</h2>
        <p>${text(`problem.${problem.code}.next`)}</p>
        ${advice === undefined ? nothing : html`<p>${text(advice)}</p>`}
        ${problem.retry === undefined ? nothing : html`<div class="stack"><a class="button" href="${problem.retry}">${text('error.retry')}</a></div>`}${actions ?? nothing}
      </section>
      <section>
        <h2>${text('error.reference')}</h2>
        <p class="mono">${reference}</p>
        <p class="quiet">${text('error.referenceNote')}</p>
      </section>`,
  })
}
