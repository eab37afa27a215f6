import type { Gateway } from '@portico/gateway'
import type { HostingOptions } from '@portico/gateway/bun'

import { listenProblem } from './listen-problem.ts'
import { localOrigin } from './local-origin.ts'
import type { Serve } from './serve-of-runtime.ts'
import type { ServeSettings, SettingProblem } from './settings.ts'

/** The admin side of a running gateway. */
export interface ServedAdmin {
  readonly url: string
  readonly close: () => Promise<void>
}

/**
 * Operators come in by a listener of their own, which users cannot reach.
 *
 * @returns `undefined` where it is switched off
 * @throws {StartError} when its port is taken, or its address is none of this machine
 */
export async function serveAdmin(
  gateway: Gateway,
  { admin }: Pick<ServeSettings, 'admin'>,
  serve: Serve,
  hosting: Pick<HostingOptions, 'trustedProxies' | 'onRequest'>,
): Promise<ServedAdmin | undefined> {
  if (!admin) return undefined
  const { port, hosts, url } = admin
  try {
    const server = await serve(gateway.admin, { ...hosting, port, hosts })
    return { url: url ?? localOrigin(server.port), close: () => server.close() }
  } catch (error) {
    throw listenProblem(error, 'PORTICO_ADMIN_PORT', port) ?? error
  }
}

/** What an operator who opened it to other machines must know. */
export function adminWarnings({ admin }: Pick<ServeSettings, 'admin'>): readonly SettingProblem[] {
  if (admin?.isOpen !== true) return []
  const message =
    'lets other machines reach the admin side: let nobody but operators through to it, and put https in front.'
  return [{ setting: 'PORTICO_ADMIN_HOST', message }]
}
