import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { clearCookie, cookieNames, readCookie, setCookie } from './cookies.ts'

/**
 * Ties one attempt (a transaction, or a login of its own) to the browser it began in: the browser holds the secret, URLs
 * and records hold its hash. Whoever is handed the URL alone has nothing (IDP-02, IDP-03, SEC-09).
 */
export interface BrowserBinding {
  readonly secret: string
  /** SHA-256 of the secret. */
  readonly id: string
  /** `Set-Cookie` values. */
  readonly cookies: readonly string[]
}

const prefix = 'attempt-'
/** One cookie per attempt keeps parallel tabs apart (IDP-04); a limit keeps request headers small. */
const maximumAttempts = 8

const nameOf = (id: string): string => prefix + id.slice(0, 16)

export function bindBrowser(
  { settings, randomToken }: Pick<Context, 'settings' | 'randomToken'>,
  request: Request,
  lifetimeSeconds: number,
): BrowserBinding {
  const secret = randomToken()
  const id = sha256Text(secret)
  const surplus = cookieNames(settings, request, prefix).slice(0, -(maximumAttempts - 1))
  return {
    secret,
    id,
    cookies: [
      ...surplus.map((name) => clearCookie(settings, name)),
      setCookie(settings, nameOf(id), secret, lifetimeSeconds),
    ],
  }
}

/** The secret of the attempt `id`, if this is its browser. */
export function boundSecret(
  { settings }: Pick<Context, 'settings'>,
  request: Request,
  id: string,
): string | undefined {
  const secret = readCookie(settings, request, nameOf(id))
  return secret !== undefined && sha256Text(secret) === id ? secret : undefined
}

/** The `Set-Cookie` value that forgets the attempt. */
export function releaseBrowser({ settings }: Pick<Context, 'settings'>, id: string): string {
  return clearCookie(settings, nameOf(id))
}
