import { html } from 'hono/html'

import type { ClientPortrait } from './client-portrait.ts'
import { accessRows, type Consent, decisionForm, signedInAs } from './consent-rows.ts'
import { hiddenFields } from './form-fields.ts'
import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'
import { composePage } from './own-pages.ts'

/** Everything a user needs to know before allowing (SEC-02). */
export interface ConsentPage extends Consent {
  readonly client: ClientPortrait
  /** Days for which the decision may be remembered; absent where it may not. */
  readonly rememberDays: number | undefined
}

export function consentPage(frame: PageFrame, page: ConsentPage): Html {
  const { text } = frame.translator
  const { client, resource } = page
  const parts = {
    question: text('consent.asks', {
      client: client.title,
      resource: html`<span class="host">${resource.name}</span>`,
    }),
    warnings: html`${selfGivenName(frame, client)}${client.unvetted ? html`<p class="notice">${text('consent.warnUnvetted')}</p>` : nothing}${warning(frame, client)}`,
    returnsTo: destination(frame, client),
    access: accessRows(frame, page),
    account: accountRow(frame, page),
    decision: decisionForm(frame, page, rememberOption(frame, page)),
  }
  return composePage(frame, {
    name: 'consent',
    view: page,
    parts,
    title: text('consent.title', { resource: resource.name }),
    reference: page.traceId,
    body: html`<h1>${parts.question}</h1>
      ${parts.warnings}
      <dl class="rows">
        <div>
          <dt>${text('consent.returnsTo')}</dt>
          <dd>${parts.returnsTo}</dd>
        </div>
        ${parts.access}
        <div>
          <dt>${text('consent.signedInAs')}</dt>
          <dd class="split">${parts.account}</dd>
        </div>
      </dl>
      ${parts.decision}`,
  })
}

/** The user, and the way to be another one. */
function accountRow({ translator: { text } }: PageFrame, page: ConsentPage): Html {
  return html`<span>${signedInAs(page)}</span>
    <form method="post" action="${page.action}">
      ${hiddenFields({ ...page.fields, switch: '1' })}<button class="link" name="decision" value="continue">
        ${text('consent.notYou')}
      </button>
    </form>`
}

function rememberOption({ translator: { text } }: PageFrame, { rememberDays }: ConsentPage): Html {
  if (rememberDays === undefined) return nothing
  return html`<label class="check"
    ><input type="checkbox" name="remember" value="1" />
    <span>${text('consent.remember', { days: String(rememberDays) })}</span></label
  >`
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
