import { attackedGateway } from './attacked-gateway.ts'
import type { GatewayHost } from './gateway-host.ts'

/** `gateway.fetch`, called as any host of the Web's `Request` and `Response` calls it. */
export const portableHost: GatewayHost = {
  name: '',
  listens: false,
  async start(setup, surroundings) {
    const gateway = attackedGateway(setup, surroundings)
    return {
      fetch: (request, clientAddress) => gateway.fetch(request, { clientAddress }),
      close: () => Promise.resolve(),
    }
  },
}
