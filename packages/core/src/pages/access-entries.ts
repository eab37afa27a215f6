import { html } from 'hono/html'

import type { GrantSummary } from '../grants/describe-grants.ts'
import { displayText } from './display-text.ts'
import { facts, time } from './facts.ts'
import { hiddenFields } from './form-fields.ts'
import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'

/** One upstream account as pages show it. */
export interface ConnectionFacts {
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
}

/** Where the buttons of an entry post to, and what every form carries. */
export interface EntryForm {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** A client that has access, and the button that ends it. */
export function grantEntry(frame: PageFrame, grant: GrantSummary, form: EntryForm): Html {
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
    ${button(form, { id: grant.id, action: 'revoke', label: text('account.revoke'), title })}
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

/** An account at an upstream, with the ways to connect and to disconnect it, where there are any. */
export function connectionEntry(
  frame: PageFrame,
  connection: ConnectionFacts,
  { connectUrl, form }: { readonly connectUrl?: string | undefined; readonly form?: EntryForm | undefined },
): Html {
  const { text } = frame.translator
  const { id, displayName, summary, status, shared } = connection
  const title = `account-${id}`
  const isConnected = status === 'connected' || status === 'reconsent_required'
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
      connectUrl === undefined && !(form && isConnected)
        ? nothing
        : html`<div class="choices">
            ${
              connectUrl === undefined
                ? nothing
                : html`<a
                    class="button small${status === 'connected' ? '' : ' primary'}"
                    href="${connectUrl}"
                    aria-describedby="${title}"
                    >${isConnected ? text('account.reconnect') : text('consent.connect', { account: displayName })}</a
                  >`
            }
            ${form && isConnected ? button(form, { id, action: 'disconnect', label: text('account.disconnect'), title }) : nothing}
          </div>`
    }
  </li>`
}

function connectionStatus({ translator: { text } }: PageFrame, status: ConnectionFacts['status']): Html {
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
  { action: path, fields }: EntryForm,
  {
    id,
    action,
    label,
    title,
  }: { readonly id: string; readonly action: string; readonly label: Html; readonly title: string },
): Html {
  return html`<form method="post" action="${path}" id="${action}-${id}">
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
