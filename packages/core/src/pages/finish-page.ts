import { html } from 'hono/html'

import { type Outcome, outcomeUrl } from '../authorize/outcome.ts'
import type { ClientPortrait } from './client-portrait.ts'
import { problemSections } from './error-page.ts'
import { hiddenFields } from './form-fields.ts'
import { type Html, nothing } from './html.ts'
import { layout, type PageFrame } from './layout.ts'
import type { MessageKey } from './messages/en.ts'

/** The last page, where the browser does not leave on its own: see {@link Outcome.automatic} and SEC-14. */
export interface FinishPage {
  readonly outcome: Outcome
  readonly client: ClientPortrait
  /** Open the app without a click as well. */
  readonly openApp: boolean
  readonly traceId: string
}

function titleOf({ kind, responseMode }: Outcome): MessageKey {
  if (kind === 'denied') return 'finish.deniedTitle'
  return responseMode === 'form_post' ? 'finish.continueTitle' : 'finish.approvedTitle'
}

export function finishPage(frame: PageFrame, page: FinishPage): Html {
  const { text } = frame.translator
  const { outcome } = page
  if (outcome.kind === 'failed') return failedPage(frame, page)
  const title = text(titleOf(outcome))
  return layout(frame, {
    title,
    reference: page.traceId,
    ...(page.openApp && { refreshTo: outcomeUrl(outcome) }),
    body: html`<h1>${title}</h1>
      ${explanation(frame, page)}
      <div class="stack">${wayOut(frame, page)}</div>
      ${returnNote(frame, page)}`,
  })
}

function failedPage(frame: PageFrame, page: FinishPage): Html {
  const { problem = 'client_error', parameters } = page.outcome
  return layout(frame, {
    title: frame.translator.text(`problem.${problem}.title`),
    ...(page.openApp && { refreshTo: outcomeUrl(page.outcome) }),
    body: problemSections(frame, {
      code: problem,
      // Our own words (RFC 6749 §4.1.2.1), never a provider's.
      detail: parameters['error_description'],
      reference: page.traceId,
      waysOn: html`<div class="stack">${wayOut(frame, page)}</div>
        ${returnNote(frame, page)}`,
    }),
  })
}

/** For who does not know the host that the button leads to. */
function returnNote({ translator: { text } }: PageFrame, { outcome, client }: FinishPage): Html {
  return outcome.automatic || client.kind !== 'https'
    ? nothing
    : html`<p class="quiet">
        ${text('finish.returnNote', { host: html`<span class="host">${client.destination}</span>` })}
      </p>`
}

function explanation({ translator: { text } }: PageFrame, { outcome, client }: FinishPage): Html {
  if (outcome.kind === 'denied') return html`<p>${text('finish.denied')}</p>`
  if (outcome.responseMode === 'form_post') {
    return html`<p>
      ${text('finish.continue', { host: html`<span class="host">${client.destination}</span>` })}
    </p>`
  }
  const sentence = html`<p>${text('finish.approved')}</p>`
  return client.kind === 'private-use'
    ? html`${sentence}
        <p class="quiet">${text('finish.openApp')}</p>`
    : sentence
}

function wayOut({ translator: { text } }: PageFrame, { outcome, client }: FinishPage): Html {
  const primary = outcome.kind === 'approved' ? 'primary' : ''
  if (outcome.responseMode === 'form_post') {
    return html`<form method="post" action="${outcome.redirectUri}">
      ${hiddenFields(outcome.parameters)}<button class="${primary}">
        ${text('finish.continueButton', { host: client.destination })}
      </button>
    </form>`
  }
  const label =
    client.kind === 'private-use'
      ? text('finish.open', { client: client.selfGivenName ?? `${client.destination}:` })
      : text('finish.return', { host: client.destination })
  return html`<a class="button ${primary}" href="${outcomeUrl(outcome)}" rel="noreferrer">${label}</a>`
}
