import { html } from 'hono/html'

import type { GrantSummary } from '../grants/describe-grants.ts'
import type { AccountRecord } from '../records.ts'
import { type ConnectionFacts, connectionEntry, grantEntry } from './access-entries.ts'
import { accountName } from './account-name.ts'
import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'
import { composePage } from './own-pages.ts'

/** One upstream account as its user sees it. */
export interface AccountConnection extends ConnectionFacts {
  /** Path of the page that connects it. */
  readonly connectUrl: string
}

/** Everything that one user has allowed. */
export interface AccountPage {
  readonly account: AccountRecord
  readonly grants: readonly GrantSummary[]
  readonly connections: readonly AccountConnection[]
  /** What every form carries. */
  readonly fields: Readonly<Record<string, string>>
  /** Path of the page that signs out. */
  readonly signOut: string
}

/** AS-82: what the user has allowed, to whom, and the buttons that end it. */
export function accountPage(frame: PageFrame, page: AccountPage): Html {
  const { text } = frame.translator
  const parts = accountParts(frame, page)
  return composePage(frame, {
    name: 'account',
    view: page,
    parts,
    title: text('account.title'),
    body: html`<h1>${text('account.title')}</h1>
      ${parts.user} ${parts.apps} ${parts.accounts}`,
  })
}

function accountParts(frame: PageFrame, page: AccountPage) {
  const { text } = frame.translator
  const form = { action: '/account', fields: page.fields }
  return {
    user: html`<p class="split">
      <span
        ><span class="quiet">${text('consent.signedInAs')}</span>
        <bdi>${accountName(page.account)}</bdi></span
      >
      <a href="${page.signOut}">${text('logout.title')}</a>
    </p>`,
    apps: html`<section aria-labelledby="apps">
      <h2 id="apps">${text('account.apps')}</h2>
      ${
        page.grants.length === 0
          ? html`<p>${text('account.noApps')}</p>`
          : html`<ul class="entries">
              ${page.grants.map((grant) => grantEntry(frame, grant, form))}
            </ul>`
      }
    </section>`,
    accounts: html`${
      page.connections.length === 0
        ? nothing
        : html`<section aria-labelledby="accounts">
            <h2 id="accounts">${text('account.accounts')}</h2>
            <ul class="entries">
              ${page.connections.map((connection) => connectionEntry(frame, connection, isOwn(connection) ? { connectUrl: connection.connectUrl, form } : {}))}
            </ul>
          </section>`
    }`,
  }
}

/** Neither everybody's, nor there by itself. */
const isOwn = ({ shared, status }: AccountConnection): boolean => !shared && status !== 'automatic'
