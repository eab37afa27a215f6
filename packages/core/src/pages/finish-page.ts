import { html } from 'hono/html'

import { type Outcome, outcomeUrl } from '../authorize/outcome.ts'
import type { ClientPortrait } from './client-portrait.ts'
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

function titleOf({ kind, responseMode, problem = 'client_error' }: Outcome): MessageKey {
  if (kind === 'failed') return `problem.${problem}.title`
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
    footer: html`${text('error.reference')} <span class="mono">${page.traceId}</span>`,
    ...(page.openApp && { refreshTo: outcomeUrl(outcome) }),
    body: html`<h1>${title}</h1>
      ${explanation(frame, page)}
      <div class="stack">${wayOut(frame, page)}</div>
      ${returnNote(frame, page)}`,
  })
}

/** In the order of every error page: why, what to do, and the reference. */
function failedPage(frame: PageFrame, page: FinishPage): Html {
  const { text } = frame.translator
  const title = text(titleOf(page.outcome))
  const { problem = 'client_error', parameters } = page.outcome
  // Our own words (RFC 6749 §4.1.2.1), never a provider's.
  const detail = parameters['error_description'] ?? ''
  return layout(frame, {
    title,
    ...(page.openApp && { refreshTo: outcomeUrl(page.outcome) }),
    body: html`<h1>${title}</h1>
      <section>
        <h2>${text('error.why')}</h2>
        <p>${text(`problem.${problem}.why`, { detail })}</p>
      </section>
      <section>
        <h2>${text('error.next')}</h2>
        <p>${text(`problem.${problem}.next`)}</p>
        <div class="stack">${wayOut(frame, page)}</div>
        ${returnNote(frame, page)}
      </section>
      <section>
        <h2>${text('error.reference')}</h2>
        <p class="mono">${page.traceId}</p>
        <p class="quiet">${text('error.referenceNote')}</p>
      </section>`,
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
