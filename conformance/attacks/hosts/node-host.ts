import { connect } from 'node:net'

import { serve } from '@portico/gateway/node'
import { serveOnLoopback } from '@portico/test-peers/node'
import { Agent } from 'undici'

import { attackedGateway } from './attacked-gateway.ts'
import type { GatewayHost } from './gateway-host.ts'
import { sendTo } from './send-to.ts'

/** The host for Node: MCP routes over node:http and undici, the rest through `gateway.fetch`. */
export const nodeHost: GatewayHost = {
  name: ', behind node:http',
  listens: true,
  async start(setup, surroundings, { trustedProxies }) {
    const gateway = attackedGateway(setup, surroundings)
    const upstream = await serveOnLoopback(
      () => (request) => {
        const { pathname, search } = new URL(request.url)
        return surroundings.upstream(
          new Request(`https://${request.headers.get('host')}${pathname}${search}`, request),
        )
      },
      { onFailure: 'hang up' },
    )
    const dispatcher = agentTo(Number(new URL(upstream.origin).port))
    const server = await serve(gateway, {
      port: 0,
      hosts: ['127.0.0.1'],
      trustedProxies,
      dispatcher,
      drainSeconds: 0,
    })
    return {
      fetch: sendTo(server.port),
      async close() {
        await server.close()
        await dispatcher.destroy()
        await upstream.close()
      },
    }
  },
}

/** Brings every origin to one port of this machine, over plain http. */
function agentTo(port: number): Agent {
  return new Agent({
    connect: (_options, callback) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => callback(null, socket)).once('error', (error) => callback(error, null))
    },
  })
}
