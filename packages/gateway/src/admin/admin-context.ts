import type { Connections } from '@portico/connections'
import type { AuthorizationServer, RequestFacts } from '@portico/core'

/** What the admin side works on: the gateway's own server, on the same storage and keys. */
export interface AdminContext {
  readonly server: AuthorizationServer
  readonly connections: Connections | undefined
}

/** What is known about a request besides itself. */
export interface AdminFacts extends RequestFacts {
  /** By which the request came, as `adminOrigins` found it. */
  readonly origin: string
}

/** Hono's way to hand `AdminFacts` to an endpoint. */
export interface AdminEnvironment {
  Bindings: AdminFacts
}

/** What an operator did, for the audit trail. */
export function recordAction(
  { server }: AdminContext,
  action: string,
  {
    subject,
    clientId,
    ...detail
  }: { readonly subject?: string; readonly clientId?: string; readonly [member: string]: string | undefined },
): void {
  server.context.emit({
    name: 'admin.acted',
    outcome: 'success',
    subject,
    clientId,
    detail: { actor: 'admin', action, ...detail },
  })
}
