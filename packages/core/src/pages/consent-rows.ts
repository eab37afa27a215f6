import { html } from 'hono/html'

import type { Requirement, Resource } from '../context.ts'
import type { AccountRecord } from '../records.ts'
import { accountName } from './account-name.ts'
import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'

/** What is allowed, in words. */
export function scopeItems(
  { translator: { text } }: PageFrame,
  {
    resource,
    scopes,
    offline,
  }: { readonly resource: Resource; readonly scopes: readonly string[]; readonly offline: boolean },
): Html {
  const items = scopes.map((scope) => html`<li>${resource.scopes.get(scope) ?? scope}</li>`)
  return html`${items}${offline ? html`<li>${text('consent.offline')}</li>` : nothing}`
}

/** An upstream account: connected, or a way to connect it. */
export function requirement({ translator: { text } }: PageFrame, each: Requirement, returnTo: string): Html {
  const href = `${each.connectUrl}${each.connectUrl.includes('?') ? '&' : '?'}${new URLSearchParams({ return_to: returnTo }).toString()}`
  return html`<div class="split account">
    <span
      >${each.displayName}${each.summary === undefined ? '' : html`<br /><span class="quiet">${each.summary}</span>`}</span
    >
    ${each.connected ? html`<span class="done">${text('consent.connected')}</span>` : html`<a class="button primary small" href="${href}">${text('consent.connect', { account: each.displayName })}</a>`}
  </div>`
}

/** The user, and where they come from when they had a choice. */
export function signedInAs({
  account,
  providerName,
}: {
  readonly account: AccountRecord
  readonly providerName: string | undefined
}): Html {
  return html`<bdi>${accountName(account)}</bdi
    >${providerName === undefined ? '' : html`<br /><span class="quiet">${providerName}</span>`}`
}
