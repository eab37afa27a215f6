import { once } from 'node:events'
import { Agent, createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A header that names the flow a request belongs to; it does not reach the gateways. */
export const flowHeader = 'x-flow'

export interface RoundRobin {
  readonly origin: string
  /** Who is asked, in turn; may change while requests are on their way. */
  gateways: readonly string[]
  /** Which gateways have answered each flow, in order. */
  readonly served: ReadonlyMap<string, readonly string[]>
  readonly close: () => Promise<void>
}

/**
 * A load balancer without any stickiness, rather the contrary: every request of a flow goes to another gateway than the
 * one before. A gateway that is not there is passed over; one that dies with a request costs this request a 503.
 */
export async function startRoundRobin(): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true })
  const served = new Map<string, string[]>()
  const turns = new Map<string, number>()
  const server = createServer((request, response) => {
    const flow = [request.headers[flowHeader]].flat()[0] ?? ''
    void answer(flow, request, response)
  })

  async function answer(flow: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    for (let attempt = 0; attempt < Math.max(1, balancer.gateways.length); attempt++) {
      const turn = turns.get(flow) ?? turns.size
      turns.set(flow, turn + 1)
      const gateway = balancer.gateways[turn % balancer.gateways.length]
      if (gateway === undefined) break
      const outcome = await forward(gateway, request, body, response)
      if (outcome === 'not reached') continue
      const answered = served.get(flow) ?? []
      if (outcome === 'answered') served.set(flow, [...answered, gateway])
      if (outcome === 'broken') unavailable(response)
      return
    }
    unavailable(response)
  }

  async function forward(
    gateway: string,
    { method, url, headers }: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
  ): Promise<'answered' | 'broken' | 'not reached'> {
    const { [flowHeader]: _flow, ...passed } = headers
    const target = httpRequest(new URL(url ?? '/', gateway), { method, headers: passed, agent })
    target.end(body)
    try {
      const [answered] = (await once(target, 'response')) as [IncomingMessage]
      response.writeHead(answered.statusCode ?? 502, answered.rawHeaders)
      for await (const chunk of answered) response.write(chunk)
      response.end()
      return 'answered'
    } catch (error) {
      if (response.headersSent) response.destroy()
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      return code === 'ECONNREFUSED' ? 'not reached' : 'broken'
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const balancer: RoundRobin = {
    origin: `http://127.0.0.1:${port}`,
    gateways: [],
    served,
    async close() {
      agent.destroy()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return balancer
}

function unavailable(response: ServerResponse): void {
  if (response.headersSent) return
  response.writeHead(503, { 'retry-after': '1', 'x-answered-by': 'load-balancer' }).end()
}
