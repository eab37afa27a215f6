import {
  type Caller,
  createMcpProxy,
  type McpProxyOptions,
  type Sealer,
  sealedSessions,
} from '../../src/index.ts'
import { serveFetch } from './loopback.ts'

/** A sealer whose text is readable: what it binds is what counts in tests. */
export const readableSealer: Sealer = {
  seal: async (plaintext, context) => btoa(JSON.stringify({ plaintext, context })),
  async open(sealed, context) {
    const read = JSON.parse(atob(sealed)) as { plaintext: string; context: readonly string[] }
    if (JSON.stringify(read.context) !== JSON.stringify(context)) throw new Error('sealed in another context')
    return read.plaintext
  },
}

export const ada: Caller = { subject: 'ada', clientId: 'inspector', scopes: ['mcp:tools'] }

/** The proxy behind a guard that believes `Bearer subject client`. */
export async function startGateway(
  upstreamUrl: string,
  options: Partial<McpProxyOptions> & { readonly caller?: Caller } = {},
) {
  const errors: unknown[] = []
  const proxy = createMcpProxy({
    upstream: { url: upstreamUrl, name: 'Upstream' },
    sessions: sealedSessions(readableSealer, 'http://gateway.test/mcp'),
    onError: (error) => errors.push(error),
    ...options,
  })
  const url = await serveFetch((request) => {
    const [, subject = 'ada', clientId = 'inspector'] = request.headers.get('authorization')?.split(' ') ?? []
    return proxy.fetch(request, { ...ada, ...options.caller, subject, clientId })
  })
  return { url: `${url}/mcp`, errors }
}
