import type { RequestFacts } from '@portico/core'

import type { GatewayRoute } from './gateway-route.ts'
import type { GatewaySettings } from './gateway-settings.ts'

const base = '/mcp-registry/v0.1'
const defaultLimit = 30
const maximumLimit = 100
/** Routes have no versions of their own: a new one is a new route (R021). */
const version = '1.0.0'

/** A route as an entry of the MCP registry (`server.json`). */
interface ServerEntry {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly version: string
  readonly remotes: readonly { readonly type: 'streamable-http'; readonly url: string }[]
}

/** Why a token says nothing about who asks. */
export interface RegistryRefusal {
  readonly status: number
  readonly message: string
  /** With the challenge, or the time to wait. */
  readonly headers: Readonly<Record<string, string>>
}

/** Which routes the caller may see who sent a token to `path`. */
export type RoutesFor = (
  request: Request,
  path: string,
  facts?: RequestFacts,
) => Promise<readonly GatewayRoute[] | RegistryRefusal>

/**
 * The read-only MCP Server Registry API v0.1 (generic registry specification of modelcontextprotocol/registry): one
 * entry per route, named by the public URL, never by the request. Without a token it shows all routes, unless `shownTo` says
 * otherwise; with one those of the caller.
 *
 * @returns undefined for paths outside the registry
 */
export function registryEndpoints(
  publicUrl: string,
  routes: readonly GatewayRoute[],
  routesFor: RoutesFor,
  shownTo: GatewaySettings['registry'] = 'public',
): (request: Request, path: string, facts?: RequestFacts) => Response | Promise<Response> | undefined {
  return (request, fullPath, facts) => {
    if (shownTo === 'off') return undefined
    if (fullPath !== base && !fullPath.startsWith(`${base}/`)) return undefined
    const path = fullPath.slice(base.length).replace(/\/$/, '')
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: readHeaders })
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuseWrite(request.method, path)
    if (!request.headers.has('authorization')) {
      return shownTo === 'public' ? read(publicUrl, routes, path, request) : refused(needsToken)
    }
    return readAs(routesFor(request, fullPath, facts), (visible) => read(publicUrl, visible, path, request))
  }
}

/** R196: nothing in the answer is for anybody else. */
async function readAs(
  caller: ReturnType<RoutesFor>,
  respond: (visible: readonly GatewayRoute[]) => Response,
): Promise<Response> {
  const visible = await caller
  const response = 'headers' in visible ? refused(visible) : respond(visible)
  response.headers.set('cache-control', 'private, no-store')
  return response
}

function refused({ status, message, headers }: RegistryRefusal): Response {
  const response = problem(status, message)
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
  return response
}

function read(publicUrl: string, routes: readonly GatewayRoute[], path: string, request: Request): Response {
  const entries = routes.map((route) => serverEntry(publicUrl, route))
  if (path === '/servers') return list(entries, new URL(request.url).searchParams)
  const [, encoded, wanted] = /^\/servers\/([^/]+)\/versions(?:\/([^/]+))?$/.exec(path) ?? []
  const entry = entries.find(({ name }) => name === decoded(encoded))
  if (!entry) return problem(404, 'Server not found')
  if (wanted === undefined) return answer({ servers: [item(entry)], metadata: { count: 1 } })
  const isKnown = wanted === 'latest' || decoded(wanted) === version
  return isKnown ? answer(item(entry)) : problem(404, 'Server version not found')
}

const needsToken: RegistryRefusal = {
  status: 401,
  message: 'The registry shows routes to callers with an access token for one of them',
  headers: { 'www-authenticate': 'Bearer' },
}

const readHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, dpop',
  'access-control-expose-headers': 'www-authenticate, dpop-nonce',
  'cache-control': 'public, max-age=60',
  vary: 'authorization',
}

const answer = (body: unknown): Response => Response.json(body, { headers: readHeaders })

const problem = (status: number, error: string): Response =>
  Response.json({ error }, { status, headers: { ...readHeaders, 'cache-control': 'no-store' } })

/** Every answer has `_meta`, where registries put what they add. */
const item = (server: ServerEntry) => ({ server, _meta: {} })

function list(entries: readonly ServerEntry[], query: URLSearchParams): Response {
  const limit = Number(query.get('limit') ?? defaultLimit)
  if (!Number.isInteger(limit) || limit < 1 || limit > maximumLimit) {
    return problem(400, `limit must be a whole number from 1 to ${maximumLimit}`)
  }
  const since = query.get('updated_since')
  // Entries have no dates: the parameter is checked, and filters nothing.
  if (since !== null && !/^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)$/.test(since)) {
    return problem(400, 'updated_since must be an RFC 3339 time, e.g. 2026-08-07T13:15:04Z')
  }
  const wanted = query.get('version') ?? 'latest'
  const search = query.get('search')?.toLowerCase() ?? ''
  const matching = entries.filter(
    ({ name, title }) =>
      (wanted === 'latest' || wanted === version) &&
      (name.toLowerCase().includes(search) || title.toLowerCase().includes(search)),
  )
  const cursor = query.get('cursor')
  const start = cursor === null || cursor === '' ? 0 : matching.findIndex(({ name }) => name === cursor) + 1
  if (cursor && start === 0) return problem(400, 'cursor is not one that this registry has given')
  const page = matching.slice(start, start + limit)
  const last = page.at(-1)
  const more = start + limit < matching.length
  return answer({
    servers: page.map(item),
    metadata: { count: page.length, ...(more && last && { nextCursor: last.name }) },
  })
}

/** R190: the registry shows what the configuration says; nothing is written through it. */
function refuseWrite(method: string, path: string): Response {
  if (method === 'PATCH' && path.endsWith('/status')) {
    return problem(403, 'The status of a server follows from the configuration of the gateway')
  }
  const publishes = method === 'POST' && path === '/publish'
  const changesVersion = (method === 'PUT' || method === 'DELETE') && path.startsWith('/servers/')
  return publishes || changesVersion
    ? problem(501, 'This registry is read-only: add a route to the configuration of the gateway')
    : problem(404, 'Not found')
}

function serverEntry(publicUrl: string, { id, name = id, path, ...route }: GatewayRoute): ServerEntry {
  const { description = `${name}, through ${new URL(publicUrl).host}` } = route
  return {
    name: `${reverseDns(new URL(publicUrl).hostname)}/${id.replaceAll(/[^\w.-]/g, '-')}`,
    title: clipped(name),
    description: clipped(description),
    version,
    remotes: [{ type: 'streamable-http', url: `${publicUrl}${path}` }],
  }
}

/** `mcp.example.com` → `com.example.mcp`; an address stays as it is. */
function reverseDns(host: string): string {
  return /^[\d.]+$|^\[/.test(host)
    ? host.replaceAll(/[[\]]/g, '').replaceAll(':', '-')
    : host.split('.').toReversed().join('.')
}

/** Titles and descriptions have at most 100 code points, as JSON Schema counts `maxLength`. */
const clipped = (text: string): string => Array.from(text).slice(0, 100).join('')

function decoded(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
