import type { IdentityProvider } from '@portico/provider'
import { html } from 'hono/html'

import type { ClientPortrait } from './client-portrait.ts'
import { hiddenFields } from './form-fields.ts'
import { type Html, nothing } from './html.ts'
import type { PageFrame } from './layout.ts'
import { composePage } from './own-pages.ts'

/** Which identity provider to sign in with. */
export interface ChooserPage {
  readonly providers: readonly IdentityProvider[]
  /** Who asked, and for what: named before the user goes anywhere (DEC-11). Absent for a login of one's own. */
  readonly asked: { readonly client: ClientPortrait; readonly resourceName: string } | undefined
  /** The form answers by `provider`, or by `email`. */
  readonly form: {
    readonly method: 'get' | 'post'
    readonly action: string
    readonly fields: Readonly<Record<string, string>>
  }
  /** The address that was typed belongs to no provider. */
  readonly unknownEmail?: boolean
  readonly traceId?: string | undefined
}

export function chooserPage(frame: PageFrame, page: ChooserPage): Html {
  const { text } = frame.translator
  const { providers, asked } = page
  const byEmail = providers.some(({ signIn }) => (signIn.emailDomains ?? []).length > 0)
  const buttons = providers.map(
    (provider) =>
      html`<button name="provider" value="${provider.id}">
        ${text('chooser.with', { provider: provider.name })}
      </button>`,
  )
  const cancel = html`<button class="link" name="decision" value="cancel">${text('chooser.cancel')}</button>`
  const parts = {
    asked: asked ? whoAsked(frame, asked.client) : nothing,
    choices: html`<div class="stack">${formOf(page, buttons)}</div>`,
    email: byEmail ? emailForm(frame, page) : nothing,
    cancel: asked ? html`<div class="after">${formOf(page, cancel)}</div>` : nothing,
  }
  return composePage(frame, {
    name: 'chooser',
    view: page,
    parts,
    title: text('chooser.title'),
    reference: page.traceId,
    body: html`<h1>
        ${asked ? text('chooser.toContinue', { resource: asked.resourceName }) : text('chooser.title')}
      </h1>
      ${parts.asked} ${parts.choices} ${parts.email} ${parts.cancel}`,
  })
}

function formOf({ form }: ChooserPage, content: Html | Html[]): Html {
  return html`<form method="${form.method}" action="${form.action}">
    ${hiddenFields(form.fields)}${content}
  </form>`
}

function emailForm({ translator: { text } }: PageFrame, page: ChooserPage): Html {
  const invalid = html` aria-invalid="true" aria-describedby="unknown-email"`
  const notice = html`<p class="notice" id="unknown-email" role="alert">${text('chooser.unknownDomain')}</p>`
  const fields = html`<label for="email">${text('chooser.email')}</label>
    <input
      type="email"
      id="email"
      name="email"
      autocomplete="email"
      required
      ${page.unknownEmail ? invalid : nothing}
    />
    ${page.unknownEmail ? notice : nothing}
    <button class="primary">${text('chooser.next')}</button>`
  return html`<p class="or"><span>${text('chooser.byEmail')}</span></p>
    ${formOf(page, fields)}`
}

function whoAsked({ translator: { text } }: PageFrame, client: ClientPortrait): Html {
  const host =
    client.kind === 'private-use'
      ? text('consent.appWithScheme', { scheme: `${client.destination}:` })
      : html`<span class="host">${client.destination}</span>`
  const name =
    client.selfGivenName === undefined
      ? nothing
      : html` ${text('consent.callsItselfPlain', { name: html`<bdi>${client.selfGivenName}</bdi>` })}`
  return html`<p class="quiet">${text('chooser.client', { client: client.title, host })}${name}</p>`
}
