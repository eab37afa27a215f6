import { html } from 'hono/html'

import type { ClientRecord } from '../records.ts'
import { accessRows, type Consent, decisionForm, signedInAs } from './consent-rows.ts'
import { displayText } from './display-text.ts'
import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'
import { composePage } from './own-pages.ts'

/** Asks for the code that a device shows (RFC 8628 §3.3). */
export function enterCodePage(
  frame: PageFrame,
  { action, wrong }: { readonly action: string; readonly wrong: boolean },
): Html {
  const { text } = frame.translator
  const invalid = html` aria-invalid="true" aria-describedby="wrong-code"`
  const form = html`<form method="get" action="${action}">
    <div class="stack">
      <label for="user-code">${text('device.code')}</label>
      <input
        type="text"
        id="user-code"
        name="user_code"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        maxlength="20"
        required
        ${wrong ? invalid : nothing}
      />
      ${wrong ? html`<p class="notice" id="wrong-code" role="alert">${text('device.wrong')}</p>` : nothing}
      <button class="primary">${text('device.next')}</button>
    </div>
  </form>`
  return composePage(frame, {
    name: 'deviceCode',
    view: { action, wrong },
    parts: { form },
    title: text('device.title'),
    body: html`<h1>${text('device.title')}</h1>
      <p class="quiet">${text('device.explain')}</p>
      ${form}`,
  })
}

/** Everything a user needs to know before allowing a device. */
export interface DeviceConsentPage extends Consent {
  readonly client: ClientRecord
  /** As the device shows it. */
  readonly userCode: string
}

export function deviceConsentPage(frame: PageFrame, page: DeviceConsentPage): Html {
  const { text } = frame.translator
  const { resource } = page
  const { title, selfGivenName } = portrayDevice(frame, page.client)
  const parts = {
    question: text('consent.asks', {
      client: title,
      resource: html`<span class="host">${resource.name}</span>`,
    }),
    warnings: html`${selfGivenName === undefined ? nothing : html`<p class="quiet">${text('consent.callsItselfPlain', { name: html`<bdi>${selfGivenName}</bdi>` })}</p>`}
      <p class="notice">${text('device.compare')}</p>`,
    code: html`<span class="host">${page.userCode}</span>`,
    access: accessRows(frame, page),
    account: signedInAs(page),
    decision: decisionForm(frame, page),
  }
  return composePage(frame, {
    name: 'deviceConsent',
    view: page,
    parts,
    title: text('consent.title', { resource: resource.name }),
    reference: page.traceId,
    body: html`<h1>${parts.question}</h1>
      ${parts.warnings}
      <dl class="rows">
        <div>
          <dt>${text('device.code')}</dt>
          <dd>${parts.code}</dd>
        </div>
        ${parts.access}
        <div>
          <dt>${text('consent.signedInAs')}</dt>
          <dd>${parts.account}</dd>
        </div>
      </dl>
      ${parts.decision}`,
  })
}

/** The end of the way in the browser: the device goes on by itself. */
export function deviceDonePage(frame: PageFrame, allowed: boolean): Html {
  const { text } = frame.translator
  const title = text(allowed ? 'finish.approvedTitle' : 'finish.deniedTitle')
  const message = html`<p>${text(allowed ? 'device.allowed' : 'device.denied')}</p>`
  return composePage(frame, {
    name: 'deviceDone',
    view: { allowed },
    parts: { message },
    title,
    body: html`<h1>${title}</h1>
      ${message}`,
  })
}

/** No address vouches for a device, unless its client has a document: a name can be anybody's (CIMD-18). */
function portrayDevice(
  { translator: { text } }: PageFrame,
  { origin, clientId, name }: ClientRecord,
): { readonly title: Html; readonly selfGivenName: string | undefined } {
  const strong = (title: Html | string) => html`<span class="host">${title}</span>`
  const shown = name === undefined ? undefined : displayText(name) || undefined
  if (origin === 'configured' && shown) return { title: strong(shown), selfGivenName: undefined }
  if (origin === 'document') return { title: strong(new URL(clientId).host), selfGivenName: shown }
  return { title: strong(text('device.app')), selfGivenName: shown }
}
