import { serveOnLoopback } from '@portico/test-peers/node'

import { hostedGateways, type ServeGateway } from './hosted-gateways.ts'

/** Starts the program: it says where it takes orders. */
export async function serveControl(serve: ServeGateway): Promise<void> {
  const { control } = hostedGateways(serve)
  const { origin } = await serveOnLoopback(() => control)
  console.log(`Takes orders at ${origin}`)
}
