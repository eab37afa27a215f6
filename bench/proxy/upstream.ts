import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ProxyUpstream {
  readonly url: string
  close(): void
}

const event = (message: object) => `event: message\ndata: ${JSON.stringify(message)}\n\n`
const progress = (step: number) =>
  event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'p', progress: step } })

function tool(index: number): object {
  return {
    name: `tool_${index}`,
    description: `Does the thing number ${index}, of which there are many.`,
    inputSchema: { type: 'object', properties: { text: { type: 'string' }, count: { type: 'number' } } },
  }
}

const result = (count: number) => ({
  jsonrpc: '2.0',
  id: 1,
  result: { tools: Array.from({ length: count }, (_, index) => tool(index)) },
})

/**
 * An MCP server that answers as the method wants it: `tools/list` with as many tools as `params.count` says, as JSON, or
 * behind `params.events` notifications; a GET opens a stream that gets an event whenever `tick` runs.
 */
export async function startProxyUpstream(): Promise<ProxyUpstream & { tick(text: string): number }> {
  const lists = new Map<number, string>()
  const streams = new Set<(text: string) => void>()
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n')
      const send = (sent: string) => void response.write(sent)
      streams.add(send)
      response.once('close', () => streams.delete(send))
      return
    }
    request.once('end', () => {
      const { params = {} } = JSON.parse(text) as { params?: { count?: number; events?: number } }
      const { count = 0, events } = params
      const list = lists.get(count) ?? JSON.stringify(result(count))
      lists.set(count, list)
      if (events === undefined) {
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(list),
        })
        response.end(list)
        return
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      let sent = 0
      const go = () => {
        while (sent < events) {
          sent += 1
          if (!response.write(progress(sent))) return void response.once('drain', go)
        }
        response.end(`event: message\ndata: ${list}\n\n`)
      }
      go()
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    tick(text) {
      for (const send of streams) send(text)
      return streams.size
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
