import { gatewayHeader, hostedGateways } from './hosted-gateways.ts'

interface Environment {
  readonly GATEWAYS: {
    idFromName(name: string): unknown
    get(id: unknown): { fetch(request: Request): Promise<Response> }
  }
}

/** As in production, gateways live in an object: what a Worker begins in one request it must not wait for in another. */
export class GatewaysObject {
  readonly #gateways = hostedGateways()

  fetch(request: Request): Promise<Response> {
    const id = request.headers.get(gatewayHeader)
    if (id === null) return this.#gateways.control(request)
    const clientAddress = request.headers.get('cf-connecting-ip') ?? undefined
    const gateway = this.#gateways.gateway(id)
    if (!gateway) throw new Error(`There is no gateway ${id}.`)
    return gateway.fetch(request, { clientAddress })
  }
}

// oxlint-disable-next-line import/no-default-export -- what Workers ask for
export default {
  fetch: (request: Request, { GATEWAYS }: Environment): Promise<Response> =>
    GATEWAYS.get(GATEWAYS.idFromName('attacked')).fetch(request),
}
