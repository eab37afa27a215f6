import { html } from 'hono/html'

import type { OutcomeProblem } from '../authorize/outcome.ts'
import type { PageProblem, ProblemCode } from '../browser/page-problem.ts'
import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'
import type { MessageKey } from './messages/en.ts'
import { composePage } from './own-pages.ts'

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
  const { code, detail, retry } = problem
  const sections = {
    code,
    detail,
    reference,
    waysOn: html`${advice === undefined ? nothing : html`<p>${text(advice)}</p>`}
    ${retry === undefined ? nothing : html`<div class="stack"><a class="button" href="${retry}">${text('error.retry')}</a></div>`}${actions ?? nothing}`,
  }
  return composePage(frame, {
    name: 'error',
    view: { code, detail, reference },
    parts: problemParts(frame, sections),
    title: text(`problem.${code}.title`),
    body: problemSections(frame, sections),
  })
}

/** What every page that reports a problem consists of. */
export interface ProblemSections {
  readonly code: ProblemCode | OutcomeProblem
  readonly detail: string | undefined
  readonly reference: string
  readonly waysOn: Html
}

/** In the order of every error page: what happened, why, what to do, and the reference. */
export function problemSections(frame: PageFrame, sections: ProblemSections): Html {
  const { text } = frame.translator
  const { what, why, next, reference } = problemParts(frame, sections)
  return html`<h1>${what}</h1>
    <section>
      <h2>${text('error.why')}</h2>
      ${why}
    </section>
    <section>
      <h2>${text('error.next')}</h2>
      ${next}
    </section>
    <section>
      <h2>${text('error.reference')}</h2>
      ${reference}
    </section>`
}

function problemParts(
  { translator: { text } }: PageFrame,
  { code, detail = '', reference, waysOn }: ProblemSections,
) {
  return {
    what: text(`problem.${code}.title`),
    why: html`<p>${text(`problem.${code}.why`, { detail })}</p>`,
    next: html`<p>${text(`problem.${code}.next`)}</p>
      ${waysOn}`,
    reference: html`<p class="mono">${reference}</p>
      <p class="quiet">${text('error.referenceNote')}</p>`,
  }
}
