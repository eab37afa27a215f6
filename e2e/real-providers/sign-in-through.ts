import { createGateway, type GatewayOptions } from '@portico/gateway'
import { createSafeFetch, type SafeFetch } from '@portico/safe-fetch'
import { memoryStorage } from '@portico/storage'
import {
  answerPage,
  createScriptedBrowser,
  createScriptedMcpClient,
  type Fetch,
  type Page,
  type Person,
  routeByOrigin,
} from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'

/** The gateway's own address, for which every identity server of these tests has a client. */
export const publicUrl = 'http://localhost:9000'

/** What the identity servers know the gateway by. */
export const client = { clientId: 'portico', clientSecret: 'portico-client-secret' }

const route = `${publicUrl}/mcp/demo`

/** A provider that a package has configured. */
export type Provider = GatewayOptions['providers'][number]

/** Who signs in, and where the browser gets by. */
export interface SignInOptions {
  readonly person: Person
  /** Handlers by origin, for what is no server of its own. */
  readonly applications?: Readonly<Record<string, Fetch>> | undefined
  /** Handlers by origin of the identity provider itself, where it is not on the network: for browser and gateway. */
  readonly providerHosts?: Readonly<Record<string, Fetch>> | undefined
}

/** An identity server that makes its first key on a busy machine takes longer than it may in production. */
const patienceMs = 60_000

/** Not on this machine and not known to the gateway, so an error is shown before anything goes there (DEC-10). */
const distantRedirectUri = 'https://client.example/callback'

/**
 * A gateway in this process, whose users sign in at a real identity server over real HTTP, with a browser and an MCP
 * client of their own.
 */
export function signInThrough(provider: Provider, { person, applications, providerHosts }: SignInOptions) {
  const hosts = providerHosts && routeByOrigin(providerHosts)
  const safeFetch = createSafeFetch({
    development: true,
    timeoutMs: patienceMs,
    fetch: hosts && ((url, init) => hosts(url, init)),
  })
  const requests: string[] = []
  const recordingFetch: SafeFetch = (url, init) => {
    requests.push(String(url))
    return safeFetch(url, init)
  }
  const events: Parameters<NonNullable<GatewayOptions['onEvent']>>[0][] = []
  const gateway = createGateway({
    publicUrl,
    development: true,
    providers: [{ ...provider, settings: { ...provider.settings, remoteTimeoutMs: patienceMs } }],
    routes: [{ path: '/mcp/demo', id: 'demo', upstream: { url: 'https://upstream.example/mcp' } }],
    storage: memoryStorage(),
    keys: ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'],
    fetch: recordingFetch,
    onEvent: (event) => void events.push(event),
    upstreamFetch: answerAsUpstream,
  })
  const fetch: Fetch = routeByOrigin(
    { ...applications, ...providerHosts, [publicUrl]: gateway.fetch },
    nodeFetch,
  )
  const redirectUri = 'http://127.0.0.1:33418/callback'
  const browser = createScriptedBrowser({ fetch, stopAt: [redirectUri] })
  const mcpClient = createScriptedMcpClient({ fetch, browser, redirectUri })
  const distantClient = createScriptedMcpClient({ fetch, browser, redirectUri: distantRedirectUri })

  async function begin(): Promise<Page> {
    const challenge = await distantClient.challenge(route)
    const resource = await distantClient.protectedResource(route, challenge)
    const server = await distantClient.authorizationServer(resource.authorization_servers?.[0] ?? '')
    const request = await distantClient.steps.authorizationRequest(
      server,
      await distantClient.register(server),
      { resource: resource.resource, scope: challenge.scope ?? '' },
    )
    return browser.open(request.url)
  }

  return {
    browser,
    events,
    /** Addresses of the gateway's own requests to the identity server. */
    requests,
    /** Registers, signs in at the identity server, approves, and redeems the code. */
    connect: () => mcpClient.connect(route, { person }),
    /** Another client asks for access: the first page that the user sees. */
    begin,
    /** The same up to the page of the error, when signing in has to fail. */
    async fail(): Promise<Page> {
      let page = await begin()
      while (page.status === 200) page = await answerPage(page, person)
      return page
    },
    /** Signs out at the gateway, and at the identity server where that has a way. */
    async signOut(): Promise<Page> {
      const asking = await browser.open(`${publicUrl}/oauth/logout`)
      return asking.submit({}, { button: /sign out/i })
    },
  }
}

async function answerAsUpstream(url: string, init: RequestInit): Promise<Response> {
  const { id, method, params } = (await new Request(url, init).json()) as {
    readonly id?: unknown
    readonly method?: string
    readonly params?: { readonly arguments?: { readonly text?: string } }
  }
  const results: Readonly<Record<string, object>> = {
    'server/discover': {
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      serverInfo: { name: 'echo', version: '1.0.0' },
    },
    'tools/call': { content: [{ type: 'text', text: params?.arguments?.text }] },
    'tools/list': { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] },
  }
  const result = results[method ?? '']
  return Response.json({ jsonrpc: '2.0', id, result: { resultType: 'complete', ...result } })
}
