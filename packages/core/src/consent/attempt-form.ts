import { csrfToken, isCsrfToken } from '../browser/csrf-token.ts'
import type { SignedIn } from '../browser/session.ts'
import type { Context } from '../context.ts'

interface FormOwner {
  /** Id of the transaction. */
  readonly id: string
  readonly current: SignedIn | undefined
}

/** Where the forms of an attempt post to, and the hidden fields that bind them to attempt and session (SEC-03). */
export function attemptForm(
  { settings, vault }: Context,
  { id, current }: FormOwner,
): { readonly action: string; readonly fields: Readonly<Record<string, string>> } {
  return {
    action: `${settings.basePath}/setup`,
    fields: {
      transaction: id,
      csrf: csrfToken(vault, { attempt: id, session: current?.sessionId }),
    },
  }
}

export function isAttemptForm(
  { vault }: Pick<Context, 'vault'>,
  form: URLSearchParams,
  { id, current }: FormOwner,
): boolean {
  return isCsrfToken(vault, { attempt: id, session: current?.sessionId }, form.get('csrf') ?? '')
}
