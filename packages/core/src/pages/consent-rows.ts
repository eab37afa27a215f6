import { html } from 'hono/html'

import type { AccountRecord } from '../records.ts'
import type { Requirement, Resource } from '../settings.ts'
import { accountName } from './account-name.ts'
import { hiddenFields } from './form-fields.ts'
import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'

/** What both consent pages show and ask, for any client. */
export interface Consent {
  readonly resource: Resource
  readonly scopes: readonly string[]
  /** The client may renew its access on its own. */
  readonly offline: boolean
  readonly account: AccountRecord
  /** Shown where users have a choice. */
  readonly providerName: string | undefined
  readonly requirements: readonly Requirement[]
  /** Path the forms post to, and what they carry. */
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  /** Path to return to from a connect page. */
  readonly returnTo: string
  readonly traceId: string
}

/** Where to, what for, and the accounts that it needs. */
export function accessRows(frame: PageFrame, consent: Consent): Html {
  const { text } = frame.translator
  const { resource, requirements, returnTo } = consent
  return html`<div>
      <dt>${text('consent.access')}</dt>
      <dd>${resource.name}<br /><code>${resource.url}</code></dd>
    </div>
    <div>
      <dt>${text('consent.canDo')}</dt>
      <dd>
        <ul>
          ${scopeItems(frame, consent)}
        </ul>
      </dd>
    </div>
    ${
      requirements.length === 0
        ? nothing
        : html`<div>
            <dt>${text('consent.accounts')}</dt>
            <dd>${requirements.map((each) => requirement(frame, each, returnTo))}</dd>
          </div>`
    }`
}

/** The decision. Nothing can be allowed before every account is connected. */
export function decisionForm(
  { translator: { text } }: PageFrame,
  { requirements, action, fields }: Consent,
  options: Html = nothing,
): Html {
  const complete = requirements.every(({ connected }) => connected)
  return html`${complete ? nothing : html`<p class="quiet" id="connect-first">${text('consent.connectFirst')}</p>`}
    <form method="post" action="${action}">
      ${hiddenFields(fields)} ${options}
      <div class="actions">
        <button name="decision" value="cancel">${text('consent.cancel')}</button>
        <button
          class="${complete ? 'primary' : ''}"
          name="decision"
          value="approve"
          ${complete ? nothing : html` disabled aria-describedby="connect-first"`}
        >
          ${text('consent.allow')}
        </button>
      </div>
    </form>
    <p class="quiet">${text('consent.note')}</p>`
}

/** What is allowed, in words. */
function scopeItems({ translator: { text } }: PageFrame, { resource, scopes, offline }: Consent): Html {
  const items = scopes.map((scope) => html`<li>${resource.scopes.get(scope) ?? scope}</li>`)
  return html`${items}${offline ? html`<li>${text('consent.offline')}</li>` : nothing}`
}

/** An upstream account: connected, or a way to connect it. */
function requirement({ translator: { text } }: PageFrame, each: Requirement, returnTo: string): Html {
  const href = `${each.connectUrl}${each.connectUrl.includes('?') ? '&' : '?'}${new URLSearchParams({ return_to: returnTo }).toString()}`
  return html`<div class="split account">
    <span
      >${each.displayName}${each.summary === undefined ? '' : html`<br /><span class="quiet">${each.summary}</span>`}</span
    >
    ${each.connected ? html`<span class="done">${text('consent.connected')}</span>` : html`<a class="button primary small" href="${href}">${text('consent.connect', { account: each.displayName })}</a>`}
  </div>`
}

/** The user, and where they come from when they had a choice. */
export function signedInAs({ account, providerName }: Consent): Html {
  return html`<bdi>${accountName(account)}</bdi
    >${providerName === undefined ? '' : html`<br /><span class="quiet">${providerName}</span>`}`
}
