import { html } from 'hono/html'

import { hiddenFields } from './form-fields.ts'
import type { Html } from './html.ts'
import type { PageFrame } from './layout.ts'
import { composePage } from './own-pages.ts'

/** Asks before signing out: a link of another site must not do it. */
export function signOutPage(
  frame: PageFrame,
  form: { readonly action: string; readonly fields: Readonly<Record<string, string>> },
): Html {
  const { text } = frame.translator
  const parts = {
    question: html`<p>${text('logout.question', { name: frame.theme.name })}</p>
      <p class="quiet">${text('logout.consequence')}</p>`,
    form: html`<form method="post" action="${form.action}">
      ${hiddenFields(form.fields)}
      <div class="stack"><button class="primary">${text('logout.confirm')}</button></div>
    </form>`,
  }
  return composePage(frame, {
    name: 'signOut',
    view: form,
    parts,
    title: text('logout.title'),
    body: html`<h1>${text('logout.title')}</h1>
      ${parts.question} ${parts.form}`,
  })
}

export function signedOutPage(frame: PageFrame): Html {
  const { text } = frame.translator
  const message = html`<p>${text('logout.done', { name: frame.theme.name })}</p>`
  return composePage(frame, {
    name: 'signedOut',
    view: { name: frame.theme.name },
    parts: { message },
    title: text('logout.doneTitle'),
    body: html`<h1>${text('logout.doneTitle')}</h1>
      ${message}`,
  })
}
