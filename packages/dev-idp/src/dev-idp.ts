import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { type ClientMetadata, errors, Provider } from 'oidc-provider'

import { type DevAccount, defaultAccounts } from './accounts.ts'
import { configuration } from './configuration.ts'
import { clientMetadata, type DevClient } from './dev-client.ts'
import { isLoopbackHost, withoutPort } from './loopback.ts'
import { createMemoryAdapter } from './memory-adapter.ts'
import { createSignIn } from './sign-in.ts'
import { loadSigningKey } from './signing-key.ts'

/** Options of {@link createDevIdp}. */
export interface DevIdpOptions {
  /** Applications that exist from the start; `addClient` adds more. */
  readonly clients?: readonly DevClient[]
  /** Default 9001; 0 takes any free one. */
  readonly port?: number
  /** Default `127.0.0.1`. Only loopback addresses are possible. */
  readonly host?: string
  /** Default `http://{host}:{port}`. Only a loopback origin is possible. */
  readonly endpoint?: string
  /** Default: `demo`, `guest` and `admin`, all with the password `portico`. */
  readonly accounts?: readonly DevAccount[]
  /** Keeps the signing key across restarts; without it, every start has a new one. */
  readonly keyFile?: string
}

/** A running provider. */
export interface DevIdp {
  /** The tenant endpoint, e.g. `http://127.0.0.1:9001`: the value of `logtoEndpoint`. */
  readonly endpoint: string
  /** The endpoint and `/oidc`. */
  readonly issuer: string
  readonly accounts: readonly DevAccount[]
  /**
   * Adds an application, or replaces the one with its id, as one does in the console of a hosted provider.
   *
   * @throws when it cannot work, e.g. for its redirect URIs; then there is no application with its id any more
   */
  addClient(client: DevClient): Promise<void>
  /** Ends open connections too. */
  close(): Promise<void>
}

const mountPath = '/oidc'

function checkOptions({ host = '127.0.0.1', endpoint }: DevIdpOptions): void {
  if (!isLoopbackHost(host)) {
    throw new Error(
      `host "${host}" can be reached by others: this provider's passwords are public. Use "127.0.0.1".`,
    )
  }
  if (endpoint !== undefined) {
    const url = URL.parse(endpoint)
    if (url === null || url.origin !== endpoint || !isLoopbackHost(url.hostname)) {
      throw new Error(
        `endpoint "${endpoint}" is not a loopback origin: this provider's passwords are public. Use "http://127.0.0.1:9001".`,
      )
    }
  }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  return (server.address() as AddressInfo).port
}

function createHandler(provider: Provider, accounts: readonly DevAccount[]) {
  const signIn = createSignIn(provider, accounts)
  const oidc = provider.callback()
  return async (
    request: IncomingMessage & { originalUrl?: string },
    response: ServerResponse,
  ): Promise<void> => {
    // A page of another site could reach this machine under a name of its own (DNS rebinding).
    if (!isLoopbackHost(withoutPort(request.headers.host ?? ''))) {
      response
        .writeHead(421, { 'content-type': 'text/plain' })
        .end('This provider answers on loopback only.\n')
      return
    }
    const url = request.url ?? '/'
    if (url.startsWith(`${mountPath}/sign-in/`)) {
      await signIn(request, response)
      return
    }
    if (!url.startsWith(`${mountPath}/`)) {
      const text = `The issuer is ${provider.issuer}\n`
      response.writeHead(url === '/' ? 200 : 404, { 'content-type': 'text/plain' }).end(text)
      return
    }
    request.originalUrl = url
    request.url = url.slice(mountPath.length)
    await oidc(request, response)
  }
}

/**
 * Starts a real OpenID provider in Logto's shape: issuer at `/oidc`, ES384, PKCE required, `iss` in every answer.
 *
 * @throws when an option would make it reachable by others, and when the port is taken (`EADDRINUSE`)
 */
export async function createDevIdp(options: DevIdpOptions): Promise<DevIdp> {
  checkOptions(options)
  const { host = '127.0.0.1', port = 9001, accounts = defaultAccounts, clients = [] } = options
  const signingKey = loadSigningKey(options.keyFile)
  const adapter = createMemoryAdapter()
  const metadata = clients.map(clientMetadata)
  const server = createServer()
  const boundPort = await listen(server, port, host)
  const authority = host.includes(':') ? `[${host}]` : host
  const endpoint = options.endpoint ?? `http://${authority}:${boundPort}`
  const issuer = `${endpoint}${mountPath}`
  const provider = new Provider(issuer, configuration(accounts, adapter, signingKey))
  async function store(client: ClientMetadata): Promise<void> {
    const { client_id: clientId } = client
    const applications = adapter('Client')
    await applications.upsert(clientId, { ...client }, Infinity)
    try {
      // Reading it back is what validates it.
      await provider.Client.find(clientId)
    } catch (error) {
      await applications.destroy(clientId)
      const reason = error instanceof errors.OIDCProviderError ? error.error_description : String(error)
      throw new Error(`The application "${clientId}" cannot work: ${reason ?? 'its metadata is invalid'}.`, {
        cause: error,
      })
    }
  }
  const handler = createHandler(provider, accounts)
  server.on('request', (request, response) => {
    handler(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`)
    })
  })
  const close = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)))
      server.closeAllConnections()
    })
  try {
    for (const client of metadata) await store(client)
  } catch (error) {
    await close()
    throw error
  }
  return {
    endpoint,
    issuer,
    accounts,
    addClient: async (client) => store(clientMetadata(client)),
    close,
  }
}
