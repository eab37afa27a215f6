import { html } from 'hono/html'

import { hiddenFields } from '../form-fields.ts'
import type { Html } from '../html.ts'
import { layout, type PageContent, type PageFrame } from '../layout.ts'

/** What every form of an operator carries. */
export type OperatorFields = Readonly<Record<string, string>>

type Section = 'users' | 'attempts' | 'access'

/** A page of the admin side: with the ways to its parts, and out of it. */
export function operatorLayout(
  frame: PageFrame,
  { section, fields }: { readonly section: Section; readonly fields: OperatorFields },
  { title, body }: PageContent,
): Html {
  const { text } = frame.translator
  const link = (to: Section, path: string, label: Html) =>
    html`<a href="${path}" ${to === section ? html` aria-current="page"` : ''}>${label}</a>`
  return layout(frame, {
    title,
    wide: true,
    body: html`<nav aria-label="${text('operators.sections')}">
        ${link('users', '/admin', text('operators.users'))}
        ${link('attempts', '/admin/traces', text('operators.attempts'))}
        ${link('access', '/admin/access', text('operators.access'))}
        <form method="post" action="/admin/sign-out">
          ${hiddenFields(fields)}<button class="link">${text('logout.title')}</button>
        </form>
      </nav>
      ${body}`,
  })
}
