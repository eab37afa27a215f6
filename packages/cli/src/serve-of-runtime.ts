import type { HostedGateway } from '@portico/gateway'
import type { HostingOptions, RunningServer } from '@portico/gateway/bun'

/** Serves a gateway, or its admin side, until it is closed. */
export type Serve = (gateway: HostedGateway, options: HostingOptions) => Promise<RunningServer>

/** The server of the runtime that this command line runs on. */
export async function serveOfRuntime(): Promise<Serve> {
  if ('Bun' in globalThis) return (await import('@portico/gateway/bun')).serve
  if ('Deno' in globalThis) return (await import('@portico/gateway/deno')).serve
  return (await import('@portico/gateway/node')).serve
}
