import { html } from 'hono/html'

import { hiddenFields } from './form-fields.ts'
import type { Html } from './html.ts'
import { layout, type PageFrame } from './layout.ts'

/** Asks before signing out: a link of another site must not do it. */
export function signOutPage(
  frame: PageFrame,
  form: { readonly action: string; readonly fields: Readonly<Record<string, string>> },
): Html {
  const { text } = frame.translator
  return layout(frame, {
    title: text('logout.title'),
    body: html`<h1>${text('logout.title')}</h1>
      <p>${text('logout.question', { name: frame.theme.name })}</p>
      <p class="quiet">${text('logout.consequence')}</p>
      <form method="post" action="${form.action}">
        ${hiddenFields(form.fields)}
        <div class="stack"><button class="primary">${text('logout.confirm')}</button></div>
      </form>`,
  })
}

export function signedOutPage(frame: PageFrame): Html {
  const { text } = frame.translator
  return layout(frame, {
    title: text('logout.doneTitle'),
    body: html`<h1>${text('logout.doneTitle')}</h1>
      <p>${text('logout.done', { name: frame.theme.name })}</p>`,
  })
}
