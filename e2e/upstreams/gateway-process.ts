import { enableCompileCache, flushCompileCache } from 'node:module'

import type { GatewaySettings } from './open-gateway.ts'

// A gateway in a process of its own. It loads everything, says so, and serves when it is told what: a process that is
// killed can be replaced by one that has been loading meanwhile. What the first has compiled, the others need not.
enableCompileCache()
const { openGateway } = await import('./open-gateway.ts')
flushCompileCache()

process.on('message', async (settings: GatewaySettings) => {
  const { port } = await openGateway(settings)
  process.send?.({ port })
})
process.on('disconnect', () => process.exit())
process.send?.('loaded')
