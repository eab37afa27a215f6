import { html } from 'hono/html'

import { type Html, nothing } from '../html.ts'
import { layout, type PageFrame } from '../layout.ts'

/** Why the sign-in page is shown again, or without its form. */
export type SignInRefusal = 'wrong_token' | 'too_many' | 'not_confidential'

/** Asks an operator for the admin token. */
export function operatorSignInPage(frame: PageFrame, refusal?: SignInRefusal): Html {
  const { text } = frame.translator
  return layout(frame, {
    title: text('operators.signInTitle'),
    body: html`<h1>${text('operators.signInTitle')}</h1>
      <p>${text('operators.signInExplain', { name: frame.theme.name })}</p>
      ${refusal === undefined ? nothing : html`<p class="notice" role="alert" id="refusal">${text(`operators.refused.${refusal}`)}</p>`}
      ${
        refusal === 'not_confidential'
          ? nothing
          : html`<form method="post" action="/admin/sign-in" class="stack">
              <div>
                <label for="token">${text('operators.token')}</label>
                <input
                  id="token"
                  name="token"
                  type="password"
                  autocomplete="current-password"
                  required
                  ${refusal === undefined ? '' : html`aria-describedby="refusal"`}
                />
              </div>
              <button class="primary">${text('operators.signIn')}</button>
            </form>`
      }`,
  })
}
