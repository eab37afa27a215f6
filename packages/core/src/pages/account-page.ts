import { html } from 'hono/html'

import type { GrantSummary } from '../grants/describe-grants.ts'
import type { AccountRecord } from '../records.ts'
import { accountName } from './account-name.ts'
import { displayText } from './display-text.ts'
import { hiddenFields } from './form-fields.ts'
import { type Html, nothing } from './html.ts'
import { layout, type PageFrame } from './layout.ts'

/** One upstream account as its user sees it. */
export interface AccountConnection {
  readonly id: string
  readonly displayName: string
  readonly summary?: string | undefined
  readonly status: 'connected' | 'not_connected' | 'reconsent_required' | 'automatic'
  /** One account for everybody: shown, and not theirs to change. */
  readonly shared: boolean
  /** As the upstream names them, separated by spaces. */
  readonly scope?: string | undefined
  /** Unix seconds, like all times. */
  readonly connectedAt?: number | undefined
  readonly usedAt?: number | undefined
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
  return layout(frame, {
    title: text('account.title'),
    body: html`<h1>${text('account.title')}</h1>
      <p class="split">
        <span
          ><span class="quiet">${text('consent.signedInAs')}</span>
          <bdi>${accountName(page.account)}</bdi></span
        >
        <a href="${page.signOut}">${text('logout.title')}</a>
      </p>
      <section aria-labelledby="apps">
        <h2 id="apps">${text('account.apps')}</h2>
        ${
          page.grants.length === 0
            ? html`<p>${text('account.noApps')}</p>`
            : html`<ul class="entries">
                ${page.grants.map((grant) => grantEntry(frame, grant, page.fields))}
              </ul>`
        }
      </section>
      ${
        page.connections.length === 0
          ? nothing
          : html`<section aria-labelledby="accounts">
              <h2 id="accounts">${text('account.accounts')}</h2>
              <ul class="entries">
                ${page.connections.map((connection) => connectionEntry(frame, connection, page.fields))}
              </ul>
            </section>`
      }`,
  })
}

type Fields = AccountPage['fields']
type Fact = readonly [term: Html, description: Html | undefined]

function grantEntry(frame: PageFrame, grant: GrantSummary, fields: Fields): Html {
  const { text } = frame.translator
  const title = `app-${grant.id}`
  return html`<li class="entry">
    ${clientTitle(frame, grant, title)}
    ${facts([
      [text('consent.access'), html`${grant.resource.name}<br /><code>${grant.resource.url}</code>`],
      [
        text('account.canDo'),
        html`<ul>
          ${grant.scopes.map(({ description }) => html`<li>${description}</li>`)}${grant.offline ? html`<li>${text('consent.offline')}</li>` : ''}
        </ul>`,
      ],
      [text('account.since'), time(frame, grant.createdAt)],
      [text('account.lastUse'), time(frame, grant.usedAt)],
      [text('account.ends'), time(frame, grant.expiresAt)],
    ])}
    ${button(fields, { id: grant.id, action: 'revoke', label: text('account.revoke'), title })}
  </li>`
}

/** The host that vouches for the client; without one its name, in quotation marks (CIMD-18). */
function clientTitle({ translator: { text } }: PageFrame, { client }: GrantSummary, id: string): Html {
  const name = displayText(client.name ?? '')
  const marked = html`<bdi>${name}</bdi>`
  if (client.host !== undefined) {
    return html`<h3 id="${id}"><span class="host">${client.host}</span></h3>
      ${name === '' ? nothing : html`<p class="quiet">${text('account.callsItself', { name: marked })}</p>`}`
  }
  if (name === '') return html`<h3 id="${id}">${text('account.nameless')}</h3>`
  if (client.configured) return html`<h3 id="${id}">${marked}</h3>`
  return html`<h3 id="${id}">${text('account.named', { name: marked })}</h3>
    <p class="quiet">${text('account.ownName')}</p>`
}

function connectionEntry(frame: PageFrame, connection: AccountConnection, fields: Fields): Html {
  const { text } = frame.translator
  const { id, displayName, summary, status, shared } = connection
  const title = `account-${id}`
  const own = !shared && status !== 'automatic'
  return html`<li class="entry">
    <div class="split">
      <h3 id="${title}">${displayName}</h3>
      ${connectionStatus(frame, status)}
    </div>
    ${summary === undefined ? nothing : html`<p class="quiet">${summary}</p>`}
    ${shared ? html`<p class="quiet">${text('account.shared', { name: frame.theme.name })}</p>` : nothing}
    ${facts([
      [text('account.allowedThere'), connection.scope ? html`<code>${connection.scope}</code>` : undefined],
      [text('account.since'), time(frame, connection.connectedAt)],
      [text('account.lastUse'), time(frame, connection.usedAt)],
    ])}
    ${
      own
        ? html`<div class="choices">
            <a
              class="button small${status === 'connected' ? '' : ' primary'}"
              href="${connection.connectUrl}"
              aria-describedby="${title}"
              >${status === 'not_connected' ? text('consent.connect', { account: displayName }) : text('account.reconnect')}</a
            >
            ${status === 'not_connected' ? nothing : button(fields, { id, action: 'disconnect', label: text('account.disconnect'), title })}
          </div>`
        : nothing
    }
  </li>`
}

function connectionStatus({ translator: { text } }: PageFrame, status: AccountConnection['status']): Html {
  switch (status) {
    case 'connected':
      return html`<span class="done">${text('consent.connected')}</span>`
    case 'automatic':
      return html`<span class="done">${text('account.automatic')}</span>`
    case 'reconsent_required':
      return html`<span>${text('account.connectAgain')}</span>`
    case 'not_connected':
      return html`<span class="quiet">${text('account.notConnected')}</span>`
  }
}

/** A form of one button, about one entry. */
function button(
  fields: Fields,
  {
    id,
    action,
    label,
    title,
  }: { readonly id: string; readonly action: string; readonly label: Html; readonly title: string },
): Html {
  return html`<form method="post" action="/account" id="${action}-${id}">
    ${hiddenFields({ ...fields, id })}<button
      class="small"
      name="do"
      value="${action}"
      aria-describedby="${title}"
    >
      ${label}
    </button>
  </form>`
}

function facts(all: readonly Fact[]): Html {
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
function time({ translator: { language } }: PageFrame, seconds: number | undefined): Html | undefined {
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
