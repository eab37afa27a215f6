import { html } from 'hono/html'

import type { AccountRecord } from '../records.ts'
import { accountName } from './account-name.ts'
import { hiddenFields } from './form-fields.ts'
import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'
import { composePage } from './own-pages.ts'

/** What a user needs to know before an upstream account is connected. */
export interface ConnectPage {
  readonly displayName: string
  readonly summary?: string | undefined
  /** Host the browser goes to next. */
  readonly host: string
  /** Connects the account for everybody, not for this user alone. */
  readonly shared: boolean
  /** Asks for a key in place of a trip to the upstream. */
  readonly apiKey?: { readonly instructions?: string | undefined; readonly refused: boolean } | undefined
  readonly account: AccountRecord
  /** Path the form posts to, and what it carries. */
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  /** Path to go back to, where the user came from a page of ours. */
  readonly cancelTo: string | undefined
}

/** G01: names the account, the user and where the browser goes; nothing happens before the button is pressed. */
export function connectPage(frame: PageFrame, page: ConnectPage): Html {
  const { text } = frame.translator
  const { displayName, account } = page
  const parts = {
    explanation: html`${page.summary === undefined ? nothing : html`<p class="quiet">${page.summary}</p>`}
      <p>
        ${text(page.shared ? 'connect.explainShared' : 'connect.explain', { account: displayName, name: frame.theme.name })}
      </p>`,
    account: html`<dl class="rows">
      <div>
        <dt>${text('connect.with')}</dt>
        <dd><span class="host">${page.host}</span></dd>
      </div>
      <div>
        <dt>${text('consent.signedInAs')}</dt>
        <dd><bdi>${accountName(account)}</bdi></dd>
      </div>
    </dl>`,
    form: connectForm(frame, page),
  }
  return composePage(frame, {
    name: 'connect',
    view: page,
    parts,
    title: text('connect.title', { account: displayName }),
    body: html`<h1>${text('connect.title', { account: displayName })}</h1>
      ${parts.explanation} ${parts.account} ${parts.form}`,
  })
}

function connectForm(frame: PageFrame, page: ConnectPage): Html {
  const { text } = frame.translator
  return html`<form method="post" action="${page.action}">
    ${hiddenFields(page.fields)}${page.apiKey === undefined ? nothing : keyField(frame, page.apiKey)}
    <div class="actions">
      ${page.cancelTo === undefined ? nothing : html`<a class="button" href="${page.cancelTo}">${text('consent.cancel')}</a>`}
      <button class="primary">
        ${page.apiKey === undefined ? text('connect.start', { account: page.displayName }) : text('connect.saveKey')}
      </button>
    </div>
  </form>`
}

function keyField({ translator: { text } }: PageFrame, apiKey: NonNullable<ConnectPage['apiKey']>): Html {
  return html`<label for="api_key">${text('connect.key')}</label>
    <input
      id="api_key"
      name="api_key"
      type="password"
      autocomplete="off"
      spellcheck="false"
      required
      ${apiKey.refused ? html` aria-invalid="true" aria-describedby="key-refused"` : nothing}
    />
    ${apiKey.refused ? html`<p class="notice" id="key-refused">${text('connect.keyRefused')}</p>` : nothing}
    ${apiKey.instructions === undefined ? nothing : html`<p class="quiet">${apiKey.instructions}</p>`}`
}

export function connectedPage(frame: PageFrame, displayName: string): Html {
  const { text } = frame.translator
  const message = html`<p>${text('connect.done')}</p>`
  return composePage(frame, {
    name: 'connected',
    view: { displayName },
    parts: { message },
    title: text('connect.doneTitle', { account: displayName }),
    body: html`<h1>${text('connect.doneTitle', { account: displayName })}</h1>
      ${message}`,
  })
}
