import { escapeHtml, page } from './page.ts'

/** What the form shows. */
export interface SignInView {
  readonly clientName: string
  readonly username: string
  readonly failed: boolean
  readonly usernames: readonly string[]
}

/** The password form: labels, no scripts, and a message that a screen reader announces. */
export function signInPage({ clientName, username, failed, usernames }: SignInView): string {
  const alert = failed
    ? '<p role="alert" id="problem">User name or password is wrong. Please try again.</p>'
    : ''
  const invalid = failed ? ' aria-invalid="true" aria-describedby="problem"' : ''
  const focusPassword = username !== ''
  return page(
    'Sign in',
    `<p>to continue to <strong>${escapeHtml(clientName)}</strong></p>
${alert}
<form method="post">
<label for="username">User name</label>
<input id="username" name="username" type="text" value="${escapeHtml(username)}" autocomplete="username" autocapitalize="none" spellcheck="false" required${focusPassword ? '' : ' autofocus'}${invalid}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${focusPassword ? ' autofocus' : ''}${invalid}>
<button name="action" value="sign-in">Sign in</button>
<button name="action" value="cancel" formnovalidate>Cancel</button>
</form>
<p>Accounts: ${usernames.map((each) => `<code>${escapeHtml(each)}</code>`).join(', ')}</p>`,
  )
}
