import { html } from 'hono/html'

import { hiddenFields } from '../form-fields.ts'
import { type Html, nothing } from '../html.ts'
import type { PageFrame } from '../layout.ts'
import { type OperatorFields, operatorLayout } from './operator-layout.ts'

/** What came of the form, when it was sent. */
export type EndedAccess = 'ended' | 'incomplete' | 'in_future'

/** Ends the access of a client, or of everybody up to a time: what no single user's page can. */
export interface EndAccessPage {
  readonly outcome?: EndedAccess | undefined
  readonly clientId: string
  /** As browsers write it: `2026-11-23T14:00`, in UTC. */
  readonly before: string
  readonly fields: OperatorFields
}

/** Its form posts `client_id`, `before` and `confirmed` to `/admin/access`. */
export function endAccessPage(frame: PageFrame, { outcome, clientId, before, fields }: EndAccessPage): Html {
  const { text } = frame.translator
  const told = outcome === 'ended' ? 'done' : 'notice'
  return operatorLayout(
    frame,
    { section: 'access', fields },
    {
      title: text('operators.access'),
      body: html`<h1>${text('operators.access')}</h1>
        <p>${text('operators.accessExplain')}</p>
        ${outcome === undefined ? nothing : html`<p class="${told}" role="alert" id="outcome">${text(`operators.access.${outcome}`)}</p>`}
        <form method="post" action="/admin/access" class="stack">
          ${hiddenFields(fields)}
          <div>
            <label for="client">${text('operators.accessClient')}</label>
            <input id="client" name="client_id" type="text" autocomplete="off" value="${clientId}" />
          </div>
          <div>
            <label for="before">${text('operators.accessBefore')}</label>
            <input id="before" name="before" type="datetime-local" value="${before}" />
          </div>
          <label class="check"
            ><input type="checkbox" name="confirmed" value="yes" /><span
              >${text('operators.accessConfirm')}</span
            ></label
          >
          <button>${text('operators.end')}</button>
        </form>`,
    },
  )
}
