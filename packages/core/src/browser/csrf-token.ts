import type { Vault } from '../vault.ts'

/** What a form belongs to: one attempt, and the session the page was rendered for (SEC-03). */
export interface FormBinding {
  /** Id of the attempt, or the name of the page. */
  readonly attempt: string
  /** Hashed id of the session; absent before anybody signed in. */
  readonly session: string | undefined
}

const textOf = ({ attempt, session }: FormBinding): string => JSON.stringify([attempt, session ?? null])

/** The same for every rendering of the same form: a second GET invalidates nothing (SEC-04). */
export function csrfToken(vault: Vault, binding: FormBinding): string {
  return vault.mac('csrf', textOf(binding))
}

export function isCsrfToken(vault: Vault, binding: FormBinding, token: string): boolean {
  return vault.verifyMac('csrf', textOf(binding), token)
}
