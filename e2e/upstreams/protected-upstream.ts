import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { onTestFinished } from 'vitest'

import {
  type AuthorizationServerOptions,
  createAuthorizationServer,
  scopes,
  type UpstreamAuthorizationServer,
  type UpstreamToken,
} from './authorization-server.ts'
import type { World } from './world.ts'

/** What a bent upstream does with a call in place of its MCP server; answers whether it did anything. */
export type Bend = (request: IncomingMessage, response: ServerResponse, token: UpstreamToken) => boolean

/** Moments at which something may happen to the gateway: a request has arrived, or an answer has left. */
export type Moment = 'token request' | 'token answer' | 'call' | 'answer'

/** An MCP server that wants tokens of its own authorization server. */
export interface ProtectedUpstream {
  readonly url: string
  /** Public origin of the authorization server. */
  readonly issuer: string
  readonly authorization: UpstreamAuthorizationServer
  /** Access tokens as they arrived, in order; the empty text where there was none. */
  readonly presented: readonly string[]
  /** From now on calls go here first. */
  bend(by: Bend | undefined): void
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const metadataPath = '/.well-known/oauth-protected-resource/mcp'

/** Serves `mcp` behind a door, and the authorization server that has the key, each on a port of its own. */
export async function startProtectedUpstream(
  world: World,
  name: string,
  mcp: RequestListener,
  options: AuthorizationServerOptions & { readonly observe?: (moment: Moment) => void },
): Promise<ProtectedUpstream> {
  const { observe = () => undefined } = options
  const issuer = `https://login.${name}.example`
  const presented: string[] = []
  let bent: Bend | undefined

  const origin = await listen((request, response) => {
    const guard = async (): Promise<void> => {
      if (request.url === metadataPath) {
        const metadata = {
          resource: `${origin}/mcp`,
          authorization_servers: [issuer],
          scopes_supported: scopes,
        }
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata))
        return
      }
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
      presented.push(bearer)
      observe('call')
      response.once('finish', () => observe('answer'))
      const token = await authorization.verify(bearer)
      if (token === undefined) {
        const challenge = `Bearer error="invalid_token", resource_metadata="${origin}${metadataPath}"`
        response.writeHead(401, { 'www-authenticate': challenge }).end()
        return
      }
      if (bent?.(request, response, token) !== true) mcp(request, response)
    }
    guard().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  const url = `${origin}/mcp`
  const authorization = createAuthorizationServer(issuer, url, { fetch: world.fetch, ...options })
  world.names[issuer] = await listen((request, response) => {
    if (request.url === '/token') {
      observe('token request')
      response.once('finish', () => observe('token answer'))
    }
    authorization.handle(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined)
    })
  })
  return { url, issuer, authorization, presented, bend: (by) => void (bent = by) }
}
