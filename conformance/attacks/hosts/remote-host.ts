import type { GatewayEvent, Surroundings } from './attacked-gateway.ts'
import type { AttackedHost, ReachableGateway } from './attacked-host.ts'
import { gatewayHeader, type StartedGateway, type StartOrder, type Told } from './programs/hosted-gateways.ts'
import { sendTo } from './send-to.ts'
import { serveSurroundings } from './surroundings-server.ts'

/** A program that runs gateways on another runtime, and where it takes orders. */
export interface RemoteHost {
  /** Of the runtime. */
  readonly id: string
  readonly origin: string
  /** Whether every gateway has a port of its own. */
  readonly listens: boolean
}

/** Gateways on another runtime; everything around them, their clock and storage too, stays with the test. */
export function remoteHost({ id: runtime, origin, listens }: RemoteHost): AttackedHost {
  return {
    name: `, on ${runtime}`,
    listens,
    async start(setup, surroundings, { trustedProxies }) {
      const around = await serveSurroundings(surroundings)
      const order: StartOrder = {
        setup: { ...setup, options: Object.fromEntries(Object.entries(setup.options).map(withNull)) },
        surroundings: around.origin,
        resolves: surroundings.resolve !== undefined,
        now: surroundings.now(),
        trustedProxies,
      }
      const answer = await fetch(origin, { method: 'POST', body: JSON.stringify(order) })
      if (!answer.ok) {
        await around.close()
        throw new Error(await answer.text())
      }
      const { id, port } = (await answer.json()) as StartedGateway
      const address = `${origin}/${id}`
      const send =
        port === undefined
          ? sendTo(origin, { headers: { [gatewayHeader]: id }, addressHeader: 'cf-connecting-ip' })
          : sendTo(`http://127.0.0.1:${port}`)
      return {
        fetch: inStep(address, send, surroundings),
        async close() {
          await fetch(address, { method: 'DELETE' })
          await around.close()
        },
      }
    },
  }
}

const withNull = ([name, value]: [string, unknown]): [string, unknown] => [name, value ?? null]

/** Before a request, the gateway learns what time it is; after it, the test what the gateway told. */
function inStep(
  address: string,
  send: ReachableGateway['fetch'],
  { now, onEvent, onError }: Surroundings,
): ReachableGateway['fetch'] {
  let known = now()
  let clockSet = Promise.resolve<unknown>(undefined)
  return async (request, clientAddress) => {
    if (now() !== known) {
      known = now()
      clockSet = fetch(`${address}/clock`, { method: 'PUT', body: String(known) })
    }
    // Requests that go at the same time wait for the first of them.
    await clockSet
    const response = await send(request, clientAddress)
    const told = (await (await fetch(`${address}/told`)).json()) as Told
    for (const event of told.events) onEvent(event as GatewayEvent)
    for (const error of told.errors) onError(error)
    return response
  }
}
