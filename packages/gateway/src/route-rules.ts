import { capabilityProblems } from './capability-problems.ts'
import type { GatewayRoute } from './gateway-route.ts'

/** A mistake in one of several routes. */
export interface RouteProblem {
  /** Index of the route. */
  readonly route: number
  readonly member: 'path' | 'id' | 'upstream.url' | 'upstream.headers' | 'upstreams' | 'capabilities'
  /** Where below the member. */
  readonly place?: readonly (string | number)[]
  /** Continues a sentence that begins with the member, without a full stop. */
  readonly problem: string
  /** A complete sentence. */
  readonly remedy?: string | undefined
}

type Refusal = Pick<RouteProblem, 'problem' | 'remedy'> | undefined

/** First segments that belong to the gateway itself. */
const reservedSegments = new Set([
  '.well-known',
  'account',
  'auth',
  'authorize',
  'healthz',
  'mcp-registry',
  'metrics',
  'oauth',
  'readyz',
  'register',
  'token',
])

/** Every mistake in the routes, whether they were written in code or in files. */
export function routeProblems(routes: readonly GatewayRoute[]): readonly RouteProblem[] {
  const problems: RouteProblem[] = []
  const paths = new Map<string, GatewayRoute>()
  const ids = new Map<string, GatewayRoute>()

  for (const [index, route] of routes.entries()) {
    const { path, id } = route
    const report = (member: RouteProblem['member'], refusal: Refusal) => {
      if (refusal) problems.push({ route: index, member, ...refusal })
    }
    const samePath = paths.get(path)
    report(
      'path',
      samePath
        ? { problem: `is the path of "${samePath.id}" too: every route needs its own` }
        : pathProblem(path),
    )
    const sameId = ids.get(id)
    report(
      'id',
      sameId ? { problem: `"${id}" is taken by ${sameId.path}: every route needs its own` } : idProblem(id),
    )
    if (route.upstream) {
      report('upstream.url', upstreamUrlProblem(route.upstream.url))
      for (const [name, value] of Object.entries(route.upstream.headers ?? {})) {
        report('upstream.headers', headerProblem(name, value))
      }
    }
    if (!hasUpstream(route)) {
      report('upstream.url', {
        problem: 'is missing',
        remedy: 'Use "https://mcp.linear.app/mcp", for example.',
      })
    }
    for (const { place, ...refusal } of upstreamsProblems(route.upstreams)) {
      problems.push({ route: index, member: 'upstreams', place, ...refusal })
    }
    for (const { path: place, message } of capabilityProblems(route.capabilities ?? {}, scopesOf(route))) {
      problems.push({ route: index, member: 'capabilities', place, problem: message.replace(/\.$/, '') })
    }
    for (const claim of namedClaims(route)) {
      const problem = 'is said to the provider whose users have the claim'
      const remedy = `Pass it as "${claim}" among the options of the provider, and remove it here.`
      problems.push({
        route: index,
        member: 'capabilities',
        place: ['accessControl', claim],
        problem,
        remedy,
      })
    }
    paths.set(path, route)
    ids.set(id, route)
  }
  return problems
}

/** Claims that only a configuration file may name here, where it passes them on. */
function namedClaims({ capabilities }: GatewayRoute): readonly string[] {
  const { groupClaim = 'groups', roleClaim = 'roles' } = capabilities?.accessControl ?? {}
  return [...(groupClaim === 'groups' ? [] : ['groupClaim']), ...(roleClaim === 'roles' ? [] : ['roleClaim'])]
}

/** Callers without types may have forgotten both. */
function hasUpstream({ upstream, upstreams }: { readonly upstream?: unknown; readonly upstreams?: unknown }) {
  return upstream !== undefined || upstreams !== undefined
}

type PlacedProblem = Required<Pick<RouteProblem, 'place' | 'problem'>> & Pick<RouteProblem, 'remedy'>

function upstreamsProblems(upstreams: GatewayRoute['upstreams']): readonly PlacedProblem[] {
  if (upstreams?.length === 0) {
    return [{ place: [], problem: 'must not be empty', remedy: 'Name at least one upstream.' }]
  }
  const prefixes = new Set<string>()
  return (upstreams ?? []).flatMap(({ prefix, url, headers = {} }, index) => {
    const found = (refusal: Refusal, ...place: readonly string[]): readonly PlacedProblem[] =>
      refusal ? [{ place: [index, ...place], ...refusal }] : []
    const isTaken = prefixes.has(prefix)
    prefixes.add(prefix)
    return [
      ...found(
        isTaken ? { problem: `"${prefix}" is the prefix of two upstreams` } : prefixProblem(prefix),
        'prefix',
      ),
      ...found(upstreamUrlProblem(url), 'url'),
      ...Object.entries(headers).flatMap(([name, value]) => found(headerProblem(name, value), 'headers')),
    ]
  })
}

function prefixProblem(prefix: string): Refusal {
  return /^[a-z][a-z0-9]{0,15}$/.test(prefix)
    ? undefined
    : {
        problem:
          'must be a letter and up to 15 letters or digits, in lower case: it has to be told from the name behind it',
        remedy: 'Use "linear", for example.',
      }
}

/** What tokens of a route can have. */
export const scopesOf = ({
  scopes,
}: {
  readonly scopes?: GatewayRoute['scopes'] | undefined
}): readonly string[] => (scopes === undefined ? ['mcp:tools'] : Object.keys(scopes))

function pathProblem(path: unknown): Refusal {
  if (typeof path !== 'string') return { problem: 'is missing', remedy: 'Use "/mcp/linear-v1", for example.' }
  if (!path.startsWith('/')) return { problem: 'must start with "/"', remedy: `Use "/${path}".` }
  if (path === '/')
    return { problem: 'must have at least one segment', remedy: 'Use "/mcp/linear-v1", for example.' }
  if (path.endsWith('/')) {
    return {
      problem: 'must not end with "/": clients compare the URL character by character',
      remedy: `Use "${path.replace(/\/+$/, '') || '/mcp'}".`,
    }
  }
  if (/[{}*:]/.test(path)) {
    return {
      problem:
        'must be a fixed path: a token is bound to one URL, so parameters and wildcards cannot be served',
    }
  }
  if (!/^(?:\/[A-Za-z0-9._~-]+)+$/.test(path) || path.split('/').some((segment) => /^\.\.?$/.test(segment))) {
    return { problem: 'may hold letters, digits, ".", "_", "~" and "-" between single slashes' }
  }
  const first = path.split('/')[1] ?? ''
  if (reservedSegments.has(first)) {
    return {
      problem: `is taken by the gateway's own pages under "/${first}"`,
      remedy: `Use "/mcp${path}", for example.`,
    }
  }
  return undefined
}

function idProblem(id: unknown): Refusal {
  return typeof id === 'string' && /^[^\s/?#]+$/.test(id)
    ? undefined
    : {
        problem: 'must be one word that names the route for good',
        remedy: 'Use "linear-mcp-server", for example.',
      }
}

function upstreamUrlProblem(url: string): Refusal {
  if (!URL.canParse(url)) {
    return { problem: 'must be a complete URL', remedy: 'Use "https://mcp.linear.app/mcp", for example.' }
  }
  const { protocol, username, password, hash } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') return { problem: 'must be an https or http URL' }
  if (username || password) {
    return { problem: 'must not carry a user name or password', remedy: 'Set a header on the route instead.' }
  }
  return hash ? { problem: 'must not have a fragment', remedy: 'Remove everything from "#".' } : undefined
}

/** Headers of one hop, and those the proxy itself derives from the message it sends. */
const ownHeaders =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-(?:length|type|encoding)|accept|accept-encoding|forwarded|x-forwarded-.*|proxy-.*|mcp-.*|last-event-id)$/i

function headerProblem(name: string, value: string): Refusal {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return { problem: `"${name}" is not a header name` }
  if (ownHeaders.test(name)) return { problem: `"${name}" is set by the proxy itself`, remedy: 'Remove it.' }
  if (value.trim() === '') return { problem: `"${name}" must not be empty` }
  if (value !== value.trim()) return { problem: `"${name}" must not begin or end with white space` }
  // A line break in a value would start a header of somebody else's choosing.
  return /^[\t\x20-\x7e]*$/.test(value)
    ? undefined
    : { problem: `"${name}" must be printable ASCII without line breaks` }
}
