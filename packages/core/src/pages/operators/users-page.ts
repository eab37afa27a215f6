import { html } from 'hono/html'

import { type ConnectionFacts, connectionEntry } from '../access-entries.ts'
import { accountName } from '../account-name.ts'
import { facts, time } from '../facts.ts'
import { type Html, nothing } from '../html.ts'
import type { PageFrame } from '../layout.ts'
import { type OperatorFields, operatorLayout } from './operator-layout.ts'
import { entryList, searchForm } from './operator-list.ts'

/** A user as operators see them. */
export interface OperatorsUser {
  readonly subject: string
  readonly name?: string | undefined
  readonly email?: { readonly address: string } | undefined
  /** Id of the provider; absent for a client that acts for itself. */
  readonly provider?: string | undefined
  readonly providerSubject?: string | undefined
  /** Unix seconds. */
  readonly signedInAt?: number | undefined
}

/** Users, all or those that were looked for, and the accounts that everybody shares. */
export interface UsersPage {
  readonly users: readonly (OperatorsUser & { readonly grants: number })[]
  /** What was looked for; empty for all. */
  readonly search: string
  /** Path of the next page. */
  readonly next?: string | undefined
  /** With the page on which an administrator among the users connects each. */
  readonly shared: readonly (ConnectionFacts & { readonly connectUrl: string })[]
  readonly fields: OperatorFields
}

/** AS-82: who has access. */
export function usersPage(frame: PageFrame, { users, search, next, shared, fields }: UsersPage): Html {
  const { text } = frame.translator
  const form = { action: '/admin', fields }
  return operatorLayout(
    frame,
    { section: 'users', fields },
    {
      title: text('operators.users'),
      body: html`<h1>${text('operators.users')}</h1>
        ${searchForm({
          action: '/admin',
          id: 'search',
          name: 'search',
          label: text('operators.search'),
          value: search,
          button: text('operators.searchButton'),
        })}
        ${entryList({
          entries: users.map((user) => userEntry(frame, user)),
          empty: text('operators.noUsers'),
          next,
          nextLabel: text('operators.next'),
        })}
        ${
          shared.length === 0
            ? nothing
            : html`<section aria-labelledby="shared">
                <h2 id="shared">${text('operators.shared')}</h2>
                <ul class="entries">
                  ${shared.map((connection) => connectionEntry(frame, connection, { connectUrl: connection.connectUrl, form }))}
                </ul>
              </section>`
        }`,
    },
  )
}

function userEntry(frame: PageFrame, user: UsersPage['users'][number]): Html {
  const { text } = frame.translator
  return html`<li class="entry">
    <h2>
      <a href="/admin/users/${encodeURIComponent(user.subject)}"><bdi>${operatorsUserName(user)}</bdi></a>
    </h2>
    ${facts([
      [text('operators.apps'), html`${user.grants}`],
      [text('operators.signedInAt'), time(frame, user.signedInAt)],
    ])}
  </li>`
}

/** As all pages name a user; a client that acts for itself is called what we call it. */
export function operatorsUserName({ name, email, providerSubject, subject }: OperatorsUser): string {
  return accountName({ name, email, providerSubject: providerSubject ?? subject })
}
