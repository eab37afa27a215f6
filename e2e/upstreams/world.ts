import { createDevIdp } from '@portico/dev-idp'
import type { GatewayOptions } from '@portico/gateway'
import { answerPage, createScriptedBrowser, type Fetch, type ScriptedBrowser } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'
import { onTestFinished } from 'vitest'

import { behindProxy, publicUrl, type SignInOptions } from './names.ts'

/** Where clients are called back; nobody listens there, the browser stops before it. */
export const redirectUri = 'http://127.0.0.1:33418/callback'

/** Starts the identity provider that signs users in at the gateway. */
export async function startIdentityProvider(): Promise<SignInOptions> {
  const idp = await createDevIdp({ port: 0 })
  onTestFinished(() => idp.close())
  const client = { clientId: 'portico', clientSecret: 'portico-development-secret' }
  await idp.addClient({ ...client, redirectUris: [`${publicUrl}/oauth/callback`] })
  return { logtoEndpoint: idp.endpoint, ...client }
}

/** Everything outside the servers: the names they have, and who reaches them by these names. */
export interface World {
  /** Changes as servers come and go. */
  readonly names: Record<string, string>
  /** As programs use it. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** Sees exactly what is answered, redirects too. */
  readonly raw: Fetch
  createBrowser(): ScriptedBrowser
}

/** A world of names, none of which exists in DNS. */
export function createWorld(): World {
  const names: Record<string, string> = {}
  const raw: Fetch = async (request) => {
    const { url, headers } = behindProxy(names, request.url, request.headers)
    const { method, signal, body } = request
    return nodeFetch(new Request(url, { method, headers, signal, ...(body && { body, duplex: 'half' }) }))
  }
  return {
    names,
    raw,
    async fetch(input, init) {
      const request = new Request(input, init)
      const { url, headers } = behindProxy(names, request.url, request.headers)
      const { method, signal, body } = request
      const sent = {
        method,
        headers,
        signal,
        redirect: 'manual',
        ...(body && { body, duplex: 'half' }),
      } as const
      return fetch(url, sent)
    },
    createBrowser: () => createScriptedBrowser({ fetch: raw, stopAt: [redirectUri] }),
  }
}

/** The gateway's routes and connections: one of each for every upstream, by its name. */
export function routesTo(
  upstreams: Readonly<Record<string, string>>,
): Required<Pick<GatewayOptions, 'routes' | 'connections'>> {
  const entries = Object.entries(upstreams)
  return {
    routes: entries.map(([id, url]) => ({ path: `/mcp/${id}`, id, upstream: { url, connection: id } })),
    connections: entries.map(([id, url]) => ({ id, displayName: id, authMode: 'user-oauth', url })),
  }
}

/** The user of this browser signs in at the gateway, where that has not happened yet, and connects an upstream. */
export async function connectUpstream(browser: ScriptedBrowser, id: string): Promise<void> {
  let page = await browser.open(`${publicUrl}/auth/connections/${id}/connect?return_to=%2Faccount`)
  while (page.url !== `${publicUrl}/account`) page = await answerPage(page, {})
}
