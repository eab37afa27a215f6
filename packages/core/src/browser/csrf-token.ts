import type { Vault } from '../vault.ts'

/** What a form belongs to: it must come back from the same browser, for the same user (SEC-03). */
export interface FormBinding {
  /** What ties it to the browser: the attempt, whose secret the browser holds as a cookie, or the hashed session id. */
  readonly browser: string
  /** Subject of the user the page was rendered for; absent before anybody signed in. */
  readonly user: string | undefined
}

const textOf = ({ browser, user }: FormBinding): string => JSON.stringify([browser, user ?? null])

/** The same for every rendering of the same form: a second GET invalidates nothing (SEC-04). */
export function csrfToken(vault: Vault, binding: FormBinding): string {
  return vault.mac('csrf', textOf(binding))
}

export function isCsrfToken(vault: Vault, binding: FormBinding, token: string): boolean {
  return vault.verifyMac('csrf', textOf(binding), token)
}
