import { html } from 'hono/html'

import { facts, time } from '../facts.ts'
import { type Html, nothing } from '../html.ts'
import type { PageFrame } from '../layout.ts'
import { attemptFacts, type OperatorsAttempt } from './attempts-page.ts'
import { type OperatorFields, operatorLayout } from './operator-layout.ts'

/** One thing that happened in an attempt; its words are English, as in the command line. */
export interface AttemptStep {
  readonly name: string
  readonly sentence: string
  /** Codes and names that say more. */
  readonly told: string
  /** Since the attempt began. */
  readonly seconds: number
}

/** One attempt to connect, step by step. */
export interface AttemptPage extends OperatorsAttempt {
  readonly program?: string | undefined
  readonly missing?: string | undefined
  readonly remedy?: string | undefined
  /** What led to it, and is joined by client, or by route and time. */
  readonly before: readonly AttemptStep[]
  readonly steps: readonly AttemptStep[]
  readonly fields: OperatorFields
}

export function attemptPage(frame: PageFrame, page: AttemptPage): Html {
  const { text } = frame.translator
  const inEnglish = (sentence: string | undefined) =>
    sentence === undefined ? undefined : html`<span lang="en">${sentence}</span>`
  return operatorLayout(
    frame,
    { section: 'attempts', fields: page.fields },
    {
      title: html`${text('operators.attempt')} ${page.id}`,
      body: html`<h1>${text('operators.attempt')}</h1>
        ${facts([
          [text('operators.status'), text(`operators.status.${page.status}`)],
          [text('operators.startedAt'), time(frame, page.startedAt)],
        ])}
        ${attemptFacts(frame, page)}
        <section aria-labelledby="diagnosis">
          <h2 id="diagnosis">${text('operators.diagnosis')}</h2>
          ${facts([
            [text('operators.happened'), inEnglish(page.happened)],
            [text('operators.missing'), inEnglish(page.missing)],
            [text('error.next'), inEnglish(page.remedy)],
          ])}
        </section>
        ${steps('before', text('operators.before'), page.before)}
        ${steps('steps', text('operators.steps'), page.steps)}`,
    },
  )
}

function steps(id: string, title: Html, all: readonly AttemptStep[]): Html {
  if (all.length === 0) return nothing
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    <ol class="steps" lang="en">
      ${all.map(
        ({ name, sentence, told, seconds }) =>
          html`<li>
            <div class="split"><code>${name}</code> <span class="quiet">+${seconds} s</span></div>
            ${sentence}${told === '' ? '' : html` <span class="quiet"><bdi>${told}</bdi></span>`}
          </li>`,
      )}
    </ol>
  </section>`
}
