import { html } from 'hono/html'

import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'

/** One line of what is known about something; without a description it is left out. */
export type Fact = readonly [term: Html, description: Html | undefined]

export function facts(all: readonly Fact[]): Html {
  const known = all.filter(([, description]) => description !== undefined)
  if (known.length === 0) return nothing
  return html`<dl class="facts">
    ${known.map(
      ([term, description]) =>
        html`<dt>${term}</dt>
          <dd>${description ?? nothing}</dd>`,
    )}
  </dl>`
}

/** A moment in the reader's language. In UTC, and says so: the server does not know where the reader is. */
export function time({ translator: { language } }: PageFrame, seconds: number | undefined): Html | undefined {
  if (seconds === undefined) return undefined
  const moment = new Date(seconds * 1000)
  const format = new Intl.DateTimeFormat(language, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
    timeZoneName: 'short',
  })
  return html`<time datetime="${moment.toISOString()}">${format.format(moment)}</time>`
}
