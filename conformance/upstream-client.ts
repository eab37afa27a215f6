// What the suite's client scenarios start: `node upstream-client.ts URL`. A gateway in front of the suite's own MCP server,
// a user who signs in and connects the upstream, and a client that calls its tool. The suite judges what its servers see.
import { createGateway } from '@portico/gateway'
import { createSafeFetch } from '@portico/safe-fetch'
import { memoryStorage } from '@portico/storage'
import {
  answerPage,
  systemClock,
  createScriptedBrowser,
  createScriptedIdp,
  createScriptedMcpClient,
  createSigningKey,
  type Fetch,
  type McpAnswer,
  type McpConnection,
} from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'

import { scriptedProvider } from './attacks/hosts/attacked-gateway.ts'
import { upstreamConnection } from './upstream-connection.ts'

const publicUrl = 'http://localhost:9000'
const idpIssuer = 'https://idp.example'
/** How often a user connects anew because the upstream wants more. */
const mostConnects = 3

const [, , upstreamUrl = ''] = process.argv
const needsAccount = process.env['MCP_CONFORMANCE_SCENARIO']?.startsWith('auth/') ?? true
const context = JSON.parse(process.env['MCP_CONFORMANCE_CONTEXT'] ?? '{}') as Readonly<Record<string, string>>

const idp = createScriptedIdp({
  issuer: idpIssuer,
  clock: systemClock,
  signingKey: await createSigningKey('RS256', 'key-1'),
})
const reach: Fetch = (request) =>
  request.url.startsWith(idpIssuer) ? idp.fetch(request) : nodeFetch(request)
const gateway = createGateway({
  publicUrl,
  development: true,
  providers: [scriptedProvider({ issuer: idpIssuer, clientId: 'client', clientSecret: 'secret' })],
  routes: [
    {
      path: '/mcp/upstream',
      id: 'upstream',
      upstream: { url: upstreamUrl, ...(needsAccount && { connection: 'upstream' }) },
    },
  ],
  connections: [upstreamConnection(upstreamUrl, context)],
  storage: memoryStorage(),
  fetch: createSafeFetch({
    development: true,
    fetch: (url, init) => Promise.resolve(reach(new Request(url, init))),
  }),
  onEvent: ({ name, outcome, reason, cause }) => {
    if (outcome !== 'success') console.error(name, reason, cause)
  },
  onError: (error) => console.error(error),
})
const fetch: Fetch = (request) =>
  request.url.startsWith(publicUrl) ? gateway.fetch(request) : reach(request)
const redirectUri = 'http://127.0.0.1:33418/callback'
const browser = createScriptedBrowser({ fetch, stopAt: [redirectUri] })
const client = createScriptedMcpClient({ fetch, browser, redirectUri })

if (needsAccount) await connectUpstream(`${publicUrl}/auth/connections/upstream/connect?return_to=%2Faccount`)
const session = await client.connect(`${publicUrl}/mcp/upstream`)
const { tools = [] } = ((await insist(session, 'tools/list')).result ?? {}) as { tools?: readonly Tool[] }
for (const { name, inputSchema } of tools) {
  await insist(session, 'tools/call', { name, arguments: someArguments(inputSchema) })
}

interface Tool {
  readonly name: string
  readonly inputSchema?: { readonly properties?: Readonly<Record<string, { readonly type?: string }>> }
}

function someArguments({ properties = {} }: NonNullable<Tool['inputSchema']> = {}): Record<string, unknown> {
  const values: Readonly<Record<string, unknown>> = { number: 1, integer: 1, boolean: true }
  return Object.fromEntries(
    Object.entries(properties).map(([name, { type = '' }]) => [name, values[type] ?? 'text']),
  )
}

/** The user signs in at the gateway, where that has not happened yet, and at the upstream. */
async function connectUpstream(url: string): Promise<void> {
  let page = await browser.open(url)
  while (page.url !== `${publicUrl}/account`) page = await answerPage(page, {})
}

/** Calls, and connects the upstream anew whenever the gateway says that it is needed. */
async function insist(
  connected: McpConnection,
  method: string,
  parameters?: Readonly<Record<string, unknown>>,
): Promise<McpAnswer> {
  for (let connects = 0; ; connects += 1) {
    // Whatever the upstream waits for then, nobody here will do it.
    const answer = await connected.call(method, parameters, { signal: AbortSignal.timeout(15_000) })
    const said = JSON.stringify(answer.error ?? answer.result)
    console.log(method, answer.status, said)
    const [connectUrl] = /http:\/\/localhost:9000\/auth\/connections\/[^\s"\\]+/.exec(said) ?? []
    if (connectUrl === undefined || connects === mostConnects) return answer
    await connectUpstream(`${connectUrl.split('?')[0]}?return_to=%2Faccount`)
  }
}
