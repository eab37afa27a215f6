import { html } from 'hono/html'

import type { GrantSummary } from '../../grants/describe-grants.ts'
import { type ConnectionFacts, connectionEntry, grantEntry } from '../access-entries.ts'
import { facts, time } from '../facts.ts'
import { hiddenFields } from '../form-fields.ts'
import { type Html, nothing } from '../html.ts'
import type { PageFrame } from '../layout.ts'
import { type OperatorFields, operatorLayout } from './operator-layout.ts'
import { type OperatorsUser, operatorsUserName } from './users-page.ts'

/** One user, with all they have allowed. */
export interface UserPage {
  readonly user: OperatorsUser
  readonly grants: readonly GrantSummary[]
  readonly connections: readonly ConnectionFacts[]
  readonly fields: OperatorFields
}

/** AS-82: what one user has allowed, and the buttons that end it. */
export function userPage(frame: PageFrame, { user, grants, connections, fields }: UserPage): Html {
  const { text } = frame.translator
  const form = { action: `/admin/users/${encodeURIComponent(user.subject)}`, fields }
  return operatorLayout(
    frame,
    { section: 'users', fields },
    {
      title: html`${operatorsUserName(user)}`,
      body: html`<h1><bdi>${operatorsUserName(user)}</bdi></h1>
        ${facts([
          [text('operators.provider'), user.provider === undefined ? undefined : html`${user.provider}`],
          [
            text('operators.providerSubject'),
            user.providerSubject === undefined ? undefined : html`<code>${user.providerSubject}</code>`,
          ],
          [text('operators.subject'), html`<code>${user.subject}</code>`],
          [text('operators.signedInAt'), time(frame, user.signedInAt)],
        ])}
        <section aria-labelledby="apps">
          <h2 id="apps">${text('operators.apps')}</h2>
          ${
            grants.length === 0
              ? html`<p>${text('operators.noApps')}</p>`
              : html`<ul class="entries">
                  ${grants.map((grant) => grantEntry(frame, grant, form))}
                </ul>`
          }
        </section>
        ${
          connections.length === 0
            ? nothing
            : html`<section aria-labelledby="accounts">
                <h2 id="accounts">${text('account.accounts')}</h2>
                <ul class="entries">
                  ${connections.map((connection) => connectionEntry(frame, connection, { form }))}
                </ul>
              </section>`
        }
        <section>
          <p class="quiet" id="end-note">${text('operators.endNote')}</p>
          <form class="after" method="post" action="${form.action}">
            ${hiddenFields(fields)}<button class="small" name="do" value="end" aria-describedby="end-note">
              ${text('operators.end')}
            </button>
          </form>
        </section>`,
    },
  )
}
