import { answerPage, type Page } from '@portico/test-peers'

import { cookieHeader } from './cookie-header.ts'
import type { GatewayData } from './hosts/attacked-gateway.ts'
import { publicUrl, type Target } from './target.ts'

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
