import { csrfToken, isCsrfToken } from '../browser/csrf-token.ts'
import type { SignedIn } from '../browser/session.ts'
import type { Context } from '../context.ts'

interface FormOwner {
  /** Id of the transaction. */
  readonly id: string
  readonly current: SignedIn | undefined
}

/**
 * Where the forms of an attempt post to, and the hidden fields that bind them to the browser and to the user they were
 * rendered for (SEC-03). The user, not the session: signing in again in another tab invalidates nothing.
 */
export function attemptForm(
  { settings, vault }: Context,
  { id, current }: FormOwner,
): { readonly action: string; readonly fields: Readonly<Record<string, string>> } {
  return {
    action: `${settings.basePath}/setup`,
    fields: {
      transaction: id,
      csrf: csrfToken(vault, { browser: id, user: current?.account.subject }),
    },
  }
}

export function isAttemptForm(
  { vault }: Pick<Context, 'vault'>,
  form: URLSearchParams,
  { id, current }: FormOwner,
): boolean {
  return isCsrfToken(vault, { browser: id, user: current?.account.subject }, form.get('csrf') ?? '')
}
