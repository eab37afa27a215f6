import { attackedGateway } from './attacked-gateway.ts'
import type { AttackedHost } from './attacked-host.ts'

/** `gateway.fetch`, called as any host of the Web's `Request` and `Response` calls it. */
export const portableHost: AttackedHost = {
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
