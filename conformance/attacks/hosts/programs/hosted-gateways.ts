import type { Gateway } from '@portico/gateway'

import { attackedGateway, type GatewaySetup } from '../attacked-gateway.ts'
import { surroundingsAt } from '../surroundings-at.ts'

/** Names the gateway that a request is for: a Worker has one address for all. */
export const gatewayHeader = 'x-attack-gateway'

/** What a test says to start a gateway, as JSON: `null` stands for `undefined` in its options. */
export interface StartOrder {
  readonly setup: GatewaySetup
  /** Where the surroundings are served, and whether they look names up. */
  readonly surroundings: string
  readonly resolves: boolean
  readonly now: number
  readonly trustedProxies: readonly string[]
}

/** How a gateway is reached that has been started. */
export interface StartedGateway {
  readonly id: string
  readonly port: number | undefined
}

/** What a gateway has told its operator since it was asked last. */
export interface Told {
  readonly events: readonly unknown[]
  readonly errors: readonly string[]
}

/** Serves one gateway on a port of its own. */
export type ServeGateway = (
  gateway: Gateway,
  order: StartOrder,
) => Promise<{ readonly port: number; readonly close: () => Promise<void> }>

interface Hosted {
  now: number
  readonly gateway: Gateway
  readonly events: unknown[]
  readonly errors: string[]
  close(): Promise<void>
}

/** The gateways of a program on another runtime, and the requests by which a test starts, asks and stops them. */
export function hostedGateways(serve?: ServeGateway) {
  const hosted = new Map<string, Hosted>()
  const start = async (order: StartOrder): Promise<Response> => {
    const { setup, surroundings, resolves, now } = order
    const events: unknown[] = []
    const errors: string[] = []
    const around = surroundingsAt(surroundings)
    const entry = { now, events, errors }
    try {
      const gateway = attackedGateway(
        { ...setup, options: Object.fromEntries(Object.entries(setup.options).map(withoutNull)) },
        {
          ...around,
          resolve: resolves ? around.resolve : undefined,
          now: () => entry.now,
          onEvent: (event) => events.push(event),
          onError: (error) => errors.push(String(error)),
        },
      )
      const server = await serve?.(gateway, order)
      const id = crypto.randomUUID()
      hosted.set(id, Object.assign(entry, { gateway, close: async () => server?.close() }))
      return Response.json({ id, port: server?.port } satisfies StartedGateway)
    } catch (error) {
      return new Response(String(error), { status: 400 })
    }
  }
  const tell = ({ events, errors }: Hosted): Response => {
    const told: Told = { events: events.splice(0), errors: errors.splice(0) }
    return new Response(JSON.stringify(told, (_name, value: unknown) => plainError(value)))
  }

  return {
    gateway: (id: string): Gateway | undefined => hosted.get(id)?.gateway,
    async control(request: Request): Promise<Response> {
      const [, id = '', what] = new URL(request.url).pathname.split('/')
      if (id === '') return start((await request.json()) as StartOrder)
      const entry = hosted.get(id)
      if (!entry) return new Response(`There is no gateway ${id}.`, { status: 404 })
      if (what === 'told') return tell(entry)
      if (what === 'clock') entry.now = Number(await request.text())
      else {
        hosted.delete(id)
        await entry.close()
      }
      return new Response(null, { status: 204 })
    },
  }
}

const withoutNull = ([name, value]: [string, unknown]): [string, unknown] => [name, value ?? undefined]

function plainError(value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const { name, message, cause } = value
  return { name, message, cause }
}
