import { createHash, randomUUID } from 'node:crypto'

import { answerPage, type Fetch, type Page } from '@portico/test-peers'

import { cookieHeader } from './cookie-header.ts'
import type { GatewayData } from './hosts/attacked-gateway.ts'
import { publicUrl, type Target } from './target.ts'

const issuer = 'https://as.upstream.example'

/** What a test may bend of the upstream's authorization server. */
export interface UpstreamServerOptions {
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly resource?: Readonly<Record<string, unknown>>
  /** Members of the token answer. */
  readonly tokens?: Readonly<Record<string, unknown>>
  /** Parameters of the way back to the gateway. */
  readonly callback?: (parameters: URLSearchParams) => void
}

const connection = {
  id: 'linear',
  displayName: 'Linear',
  authMode: 'user-oauth',
  url: 'https://upstream.example/mcp',
} as const

/** The demo route, with an upstream that every user connects. */
export const linearRoutes: NonNullable<GatewayData['routes']> = [
  { path: '/mcp/demo', id: 'demo', name: 'Demo', upstream: { url: connection.url, connection: 'linear' } },
]

/** Options of a gateway whose users connect an account at the upstream. */
export function linear(changes: Partial<NonNullable<GatewayData['connections']>[number]> = {}): GatewayData {
  return {
    routes: linearRoutes,
    connections: [{ ...connection, ...changes } as NonNullable<GatewayData['connections']>[number]],
  }
}

/** The upstream's authorization server: it signs everybody in without a question, and gives everybody other tokens. */
export function upstreamServer(options: UpstreamServerOptions = {}) {
  const codes = new Map<string, string>()
  const requests: URL[] = []
  const tokens: string[] = []
  const authorize = ({ searchParams }: URL): Response => {
    const code = randomUUID()
    codes.set(code, searchParams.get('code_challenge') ?? '')
    const callback = new URL(searchParams.get('redirect_uri') ?? '')
    callback.searchParams.set('code', code)
    callback.searchParams.set('state', searchParams.get('state') ?? '')
    options.callback?.(callback.searchParams)
    return Response.redirect(callback, 302)
  }
  const redeem = async (request: Request): Promise<Response> => {
    const form = new URLSearchParams(await request.text())
    const verifier = form.get('code_verifier') ?? ''
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    if (codes.get(form.get('code') ?? '') !== challenge) {
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    }
    const token = `upstream-${randomUUID()}`
    tokens.push(token)
    return Response.json({ access_token: token, token_type: 'Bearer', expires_in: 3600, ...options.tokens })
  }
  const answer: Fetch = async (request) => {
    const url = new URL(request.url)
    requests.push(url)
    switch (url.pathname) {
      case '/.well-known/oauth-protected-resource/mcp':
        return Response.json({
          resource: connection.url,
          authorization_servers: [issuer],
          ...options.resource,
        })
      case '/.well-known/oauth-authorization-server':
        return Response.json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          code_challenge_methods_supported: ['S256'],
          client_id_metadata_document_supported: true,
          ...options.metadata,
        })
      case '/authorize':
        return authorize(url)
      case '/token':
        return redeem(request)
      default:
        return new Response('not found', { status: 404 })
    }
  }
  return {
    servers: { [issuer]: answer, 'https://upstream.example': answer },
    requests,
    /** Every access token that was issued, oldest first. */
    tokens,
  }
}

/** Signs in where need be and opens the page that connects the upstream account. */
export async function connectPage(
  target: Target,
  browser = target.browser,
  url = `${publicUrl}/auth/connections/linear/connect`,
): Promise<Page> {
  let page = await browser.open(url)
  while (page.url.startsWith(target.idp.issuer)) page = await answerPage(page, {})
  return page
}

/** Connects the account of whoever is signed in at the IdP; where that ended. */
export async function connectLinear(target: Target, browser = target.browser): Promise<Page> {
  return (await connectPage(target, browser)).submit({}, { button: /Continue to Linear/ })
}

/** Gives the account up as the button at /account does; the status of the answer. */
export async function disconnectLinear(target: Target): Promise<number> {
  const headers = { cookie: cookieHeader(target.browser, publicUrl), 'x-requested-with': 'account' }
  return (await target.request('/account/api/connections/linear', { method: 'DELETE', headers })).status
}
