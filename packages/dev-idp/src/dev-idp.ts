import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { Provider } from 'oidc-provider'

import { type DevAccount, defaultAccounts } from './accounts.ts'
import { configuration } from './configuration.ts'
import type { DevClient } from './dev-client.ts'
import { isLoopbackHost, withoutPort } from './loopback.ts'
import { createSignIn } from './sign-in.ts'
import { loadSigningKey } from './signing-key.ts'

/** Options of {@link createDevIdp}. */
export interface DevIdpOptions {
  readonly clients: readonly DevClient[]
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
  /** Ends open connections too. */
  close(): Promise<void>
}

const mountPath = '/oidc'

function checkOptions({ host = '127.0.0.1', endpoint, clients }: DevIdpOptions): void {
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
  for (const { clientId, backchannelLogoutUri: uri } of clients) {
    if (uri !== undefined && !isLoopbackHost(URL.parse(uri)?.hostname ?? '')) {
      throw new Error(
        `backchannelLogoutUri of client "${clientId}" is not on loopback: use a http://127.0.0.1 URL.`,
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
  const { host = '127.0.0.1', port = 9001, accounts = defaultAccounts, clients } = options
  const signingKey = loadSigningKey(options.keyFile)
  const server = createServer()
  const boundPort = await listen(server, port, host)
  const authority = host.includes(':') ? `[${host}]` : host
  const endpoint = options.endpoint ?? `http://${authority}:${boundPort}`
  const issuer = `${endpoint}${mountPath}`
  const handler = createHandler(new Provider(issuer, configuration(accounts, clients, signingKey)), accounts)
  server.on('request', (request, response) => {
    handler(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`)
    })
  })
  return {
    endpoint,
    issuer,
    accounts,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      }),
  }
}
