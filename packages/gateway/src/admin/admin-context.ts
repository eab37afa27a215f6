import type { Connections } from '@portico/connections'
import type { AuthorizationServer, RequestFacts } from '@portico/core'

/** What the admin side works on: the gateway's own server, on the same storage and keys. */
export interface AdminContext {
  readonly server: AuthorizationServer
  readonly connections: Connections | undefined
  /** Of the request that it works for. */
  readonly requestId?: string | undefined
}

/** The same for one request: what is recorded carries its id. */
export function onBehalfOf({ server, connections }: AdminContext, { requestId }: RequestFacts): AdminContext {
  return { server: server.forRequest({ requestId }), connections, requestId }
}

/** What is known about a request apart from its content. */
export interface AdminFacts extends RequestFacts {
  /** By which the request came, as `adminOrigins` found it. */
  readonly origin: string
}

/** Hono's way to hand `AdminFacts` to an endpoint. */
export interface AdminEnvironment {
  Bindings: AdminFacts
}

/** What it was done to: the subject and the client as in other events, the rest as details. */
interface Acted {
  readonly subject?: string | undefined
  readonly clientId?: string | undefined
  readonly before?: number
  readonly grantId?: string
  readonly upstream?: string
}

/** What an operator did, for the audit trail. */
export function recordAction(
  { server }: AdminContext,
  action: string,
  { subject, clientId, ...detail }: Acted,
): void {
  server.context.emit({
    name: 'admin.acted',
    outcome: 'success',
    subject,
    clientId,
    detail: { actor: 'admin', action, ...detail },
  })
}

/** Who came in by the pages is known by their address alone: the token is one for all operators. */
export function recordSignIn({ server }: AdminContext, { clientAddress }: RequestFacts): void {
  const detail = { actor: 'admin', source: clientAddress }
  server.context.emit({ name: 'admin.signed_in', outcome: 'success', detail })
}
