import { type GatewaySettings, openGateway } from './open-gateway.ts'

// A gateway in a process of its own. It loads everything, says so, and serves when it is told what: a process that is
// killed can be replaced by one that has been loading meanwhile.
process.on('message', async (settings: GatewaySettings) => {
  const { port } = await openGateway(settings)
  process.send?.({ port })
})
process.on('disconnect', () => process.exit())
process.send?.('loaded')
