import { html } from 'hono/html'

import { displayText } from '../display-text.ts'
import { facts, time } from '../facts.ts'
import { type Html, nothing } from '../html.ts'
import type { PageFrame } from '../layout.ts'
import { type OperatorFields, operatorLayout } from './operator-layout.ts'
import { entryList, searchForm } from './operator-list.ts'

/** An attempt to connect, in a list. */
export interface OperatorsAttempt {
  readonly id: string
  /** Unix seconds. */
  readonly startedAt: number
  /** Path of the route, where it is known. */
  readonly route?: string | undefined
  readonly clientId?: string | undefined
  readonly status: 'complete' | 'failed' | 'stopped'
  /** What it came to: a sentence in English. */
  readonly happened: string
}

/** What came of attempts to connect. */
export interface AttemptsPage {
  readonly attempts: readonly OperatorsAttempt[]
  /** Whether those that came to their end are left out. */
  readonly unfinishedOnly: boolean
  /** What was looked for, and is not there. */
  readonly unknown?: string | undefined
  /** Path of the next page. */
  readonly next?: string | undefined
  readonly fields: OperatorFields
}

export function attemptsPage(frame: PageFrame, page: AttemptsPage): Html {
  const { text } = frame.translator
  const { attempts, unfinishedOnly, unknown, next, fields } = page
  return operatorLayout(
    frame,
    { section: 'attempts', fields },
    {
      title: text('operators.attempts'),
      body: html`<h1>${text('operators.attempts')}</h1>
        ${searchForm({
          action: '/admin/traces',
          id: 'reference',
          name: 'id',
          label: text('operators.reference'),
          value: unknown ?? '',
          button: text('operators.open'),
        })}
        ${unknown === undefined ? nothing : html`<p class="notice" role="alert">${text('operators.unknownReference')}</p>`}
        <p>
          ${
            unfinishedOnly
              ? html`${text('operators.unfinished')}
                  <a href="/admin/traces?status=all">${text('operators.showAll')}</a>`
              : html`<a href="/admin/traces">${text('operators.showUnfinished')}</a>`
          }
        </p>
        ${entryList({
          entries: attempts.map((attempt) => attemptEntry(frame, attempt)),
          empty: text('operators.noAttempts'),
          next,
          nextLabel: text('operators.next'),
        })}`,
    },
  )
}

function attemptEntry(frame: PageFrame, attempt: OperatorsAttempt): Html {
  const { text } = frame.translator
  const { id, startedAt, route, clientId, status, happened } = attempt
  return html`<li class="entry">
    <div class="split">
      <h2><a href="/admin/traces/${encodeURIComponent(id)}">${time(frame, startedAt)}</a></h2>
      <span${status === 'complete' ? html` class="done"` : ''}>${text(`operators.status.${status}`)}</span>
    </div>
    <p class="quiet" lang="en">${happened}</p>
    ${attemptFacts(frame, { id, route, clientId })}
  </li>`
}

/** What an attempt was about, as far as it is known. */
export function attemptFacts(
  { translator: { text } }: PageFrame,
  {
    id,
    route,
    clientId,
    program,
  }: Partial<Pick<OperatorsAttempt, 'id' | 'route' | 'clientId'>> & { readonly program?: string | undefined },
): Html {
  const code = (value: string | undefined) =>
    value === undefined ? undefined : html`<code>${displayText(value)}</code>`
  return facts([
    [text('error.reference'), code(id)],
    [text('operators.route'), code(route)],
    [text('operators.client'), code(clientId)],
    [text('operators.program'), program === undefined ? undefined : html`<bdi>${displayText(program)}</bdi>`],
  ])
}
