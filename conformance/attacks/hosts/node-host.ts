import { serve } from '@portico/gateway/node'

import { agentTo } from './agent-to.ts'
import { attackedGateway } from './attacked-gateway.ts'
import type { AttackedHost } from './attacked-host.ts'
import { sendTo } from './send-to.ts'
import { serveSurroundings } from './surroundings-server.ts'

/** The host for Node: MCP routes over node:http and undici, the rest through `gateway.fetch`. */
export const nodeHost: AttackedHost = {
  name: ', behind node:http',
  listens: true,
  async start(setup, surroundings, { trustedProxies }) {
    const gateway = attackedGateway(setup, surroundings)
    const around = await serveSurroundings(surroundings)
    const dispatcher = agentTo(around.origin)
    const options = { port: 0, hosts: ['127.0.0.1'], trustedProxies, dispatcher, drainSeconds: 0 }
    const server = await serve(gateway, options)
    return {
      fetch: sendTo(`http://127.0.0.1:${server.port}`),
      async close() {
        await server.close()
        await dispatcher.destroy()
        await around.close()
      },
    }
  },
}
