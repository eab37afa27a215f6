import { html } from 'hono/html'

import type { Requirement, Resource } from '../context.ts'
import type { AccountRecord } from '../records.ts'
import type { ClientPortrait } from './client-portrait.ts'
import { requirement, scopeItems, signedInAs } from './consent-rows.ts'
import { hiddenFields } from './form-fields.ts'
import { type Html, nothing } from './html.ts'
import { layout, type PageFrame } from './layout.ts'

/** Everything a user needs to know before allowing (SEC-02). */
export interface ConsentPage {
  readonly client: ClientPortrait
  readonly resource: Resource
  readonly scopes: readonly string[]
  /** The client may renew its access on its own. */
  readonly offline: boolean
  readonly account: AccountRecord
  /** Shown where users have a choice. */
  readonly providerName: string | undefined
  readonly requirements: readonly Requirement[]
  /** Days for which the decision may be remembered; absent where it may not. */
  readonly rememberDays: number | undefined
  /** Path the forms post to, and what they carry. */
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  /** Path to return to from a connect page. */
  readonly returnTo: string
  readonly traceId: string
}

export function consentPage(frame: PageFrame, page: ConsentPage): Html {
  const { text } = frame.translator
  const { client, resource } = page
  const complete = page.requirements.every(({ connected }) => connected)
  return layout(frame, {
    title: text('consent.title', { resource: resource.name }),
    footer: html`${text('error.reference')} <span class="mono">${page.traceId}</span>`,
    body: html`<h1>
        ${text('consent.asks', { client: client.title, resource: html`<span class="host">${resource.name}</span>` })}
      </h1>
      ${selfGivenName(frame, client)}${client.unvetted ? html`<p class="notice">${text('consent.warnUnvetted')}</p>` : nothing}${warning(frame, client)}
      <dl class="rows">
        <div>
          <dt>${text('consent.returnsTo')}</dt>
          <dd>${destination(frame, client)}</dd>
        </div>
        <div>
          <dt>${text('consent.access')}</dt>
          <dd>${resource.name}<br /><code>${resource.url}</code></dd>
        </div>
        <div>
          <dt>${text('consent.canDo')}</dt>
          <dd>
            <ul>
              ${scopeItems(frame, page)}
            </ul>
          </dd>
        </div>
        ${
          page.requirements.length === 0
            ? ''
            : html`<div>
                <dt>${text('consent.accounts')}</dt>
                <dd>${page.requirements.map((each) => requirement(frame, each, page.returnTo))}</dd>
              </div>`
        }
        <div>
          <dt>${text('consent.signedInAs')}</dt>
          <dd class="split">
            <span>${signedInAs(page)}</span>
            <form method="post" action="${page.action}">
              ${hiddenFields({ ...page.fields, switch: '1' })}<button
                class="link"
                name="decision"
                value="continue"
              >
                ${text('consent.notYou')}
              </button>
            </form>
          </dd>
        </div>
      </dl>
      ${complete ? '' : html`<p class="quiet" id="connect-first">${text('consent.connectFirst')}</p>`}
      <form method="post" action="${page.action}">
        ${hiddenFields(page.fields)}
        ${page.rememberDays === undefined ? '' : html`<label class="check"><input type="checkbox" name="remember" value="1" /> <span>${text('consent.remember', { days: String(page.rememberDays) })}</span></label>`}
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
      <p class="quiet">${text('consent.note')}</p>`,
  })
}

function selfGivenName({ translator: { text } }: PageFrame, client: ClientPortrait): Html {
  if (client.selfGivenName === undefined) return nothing
  const key = client.hasAddress ? 'consent.callsItself' : 'consent.callsItselfPlain'
  return html`<p class="quiet">${text(key, { name: html`<bdi>${client.selfGivenName}</bdi>` })}</p>`
}

/** CIMD-19: on this machine, any program can be at the other end. */
function warning({ translator: { text } }: PageFrame, { kind, destination }: ClientPortrait): Html {
  if (kind === 'https') return nothing
  const words =
    kind === 'loopback'
      ? text('consent.warnLoopback')
      : text('consent.warnScheme', { scheme: `${destination}:` })
  return html`<p class="notice">${words}</p>`
}

function destination({ translator: { text } }: PageFrame, client: ClientPortrait): Html {
  const uri = html`<br /><code>${client.redirectUri}</code>`
  if (client.kind === 'https') return html`<span class="host">${client.destination}</span>${uri}`
  if (client.kind === 'loopback')
    return html`${text('consent.thisComputer', { host: client.destination })}${uri}`
  return html`${text('consent.appWithScheme', { scheme: `${client.destination}:` })}${uri}`
}
