import type { GatewayOptions } from '@portico/gateway'

type Connection = NonNullable<GatewayOptions['connections']>[number]

/** The connection to the suite's server, with the client that the scenario has registered there, if it has. */
export function upstreamConnection(url: string, context: Readonly<Record<string, string>>): Connection {
  const { client_id: clientId, client_secret: clientSecret } = context
  return {
    id: 'upstream',
    displayName: 'Upstream',
    authMode: 'user-oauth',
    url,
    ...(clientId !== undefined && {
      clientRegistration: { mode: 'manual', clientId, ...(clientSecret !== undefined && { clientSecret }) },
    }),
  }
}
