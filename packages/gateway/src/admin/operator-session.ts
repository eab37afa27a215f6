import type { AuthorizationServer, OperatorSession } from '@portico/core'
import { parse, serialize } from 'hono/utils/cookie'
import { z } from 'zod'

/** Long enough for a look and a decision, short enough for a browser that somebody walks away from. */
const lifetimeSeconds = 1800

const schema = z.object({ id: z.string().min(1), expiresAt: z.int() })

/** Browsers in which an operator is signed in. Nothing is stored: the session is in the cookie, sealed. */
export interface OperatorSessions {
  /** @returns a `Set-Cookie` value */
  start(origin: string): Promise<string>
  find(request: Request, origin: string): Promise<OperatorSession | undefined>
  /** @returns a `Set-Cookie` value */
  end(origin: string): string
}

/** @param token sessions end with the token that they were started with */
export function operatorSessions({ context }: AuthorizationServer, token: string): OperatorSessions {
  const { vault, now, randomToken } = context
  const seal = ['operator-session', vault.mac('admin-token', token)]
  return {
    async start(origin) {
      const session = { id: randomToken(), expiresAt: now() + lifetimeSeconds }
      return cookie(origin, await vault.seal(JSON.stringify(session), seal), lifetimeSeconds)
    },
    async find(request, origin) {
      const sealed = parse(request.headers.get('cookie') ?? '')[cookieName(origin)]
      if (sealed === undefined || sealed === '') return undefined
      // A cookie that cannot be opened is one of another token, or of nobody.
      const opened = await vault.open(sealed, seal).catch(() => undefined)
      if (opened === undefined) return undefined
      const { id, expiresAt } = schema.parse(JSON.parse(opened))
      return now() < expiresAt ? { id, origin } : undefined
    },
    end: (origin) => cookie(origin, '', 0),
  }
}

const isSecure = (origin: string): boolean => origin.startsWith('https:')

/** `__Host-` keeps other subdomains from planting the cookie; it needs https, so loopback goes without. */
function cookieName(origin: string): string {
  return isSecure(origin) ? '__Host-portico-operator' : 'portico-operator'
}

/** `SameSite=Strict`: nobody comes to the admin side from another site. */
function cookie(origin: string, value: string, maxAge: number): string {
  return serialize(cookieName(origin), value, {
    path: '/',
    httpOnly: true,
    secure: isSecure(origin),
    sameSite: 'Strict',
    maxAge,
  })
}
