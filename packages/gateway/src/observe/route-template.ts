import type { GatewayOrigin } from '../gateway-origin.ts'

const ownPaths: readonly (readonly [pattern: RegExp, template: string])[] = [
  [/^\/account$/, '/account'],
  [/^\/account\/api\//, '/account/api/{path}'],
  [/^\/auth\/connections\/[\w.-]+\/connect$/, '/auth/connections/{connection}/connect'],
  [/^\/auth\/connections\/[\w.-]+\/callback$/, '/auth/connections/{connection}/callback'],
  [/^\/mcp-registry\/v0\.1(?:\/|$)/, '/mcp-registry/v0.1/{path}'],
  [/^\/\.well-known\/oauth-client\/[\w.-]+$/, '/.well-known/oauth-client/{connection}'],
]

/**
 * What a path is one of: an MCP route, or the template of an endpoint such as `/oauth/callback/{provider}`. There are as
 * many as the configuration makes, whatever is asked for; `undefined` where nothing is served.
 */
export function routeTemplate(origin: GatewayOrigin, path: string): string | undefined {
  const mcp = origin.endpoint(path)
  if (mcp) return mcp.route.path
  const own = ownPaths.find(([pattern]) => pattern.test(path))
  if (own) return own[1]
  const [handlers] = origin.server.app.router.match('GET', path)
  const [, found] = handlers[0]?.[0] ?? []
  return found?.path.replaceAll(/:(\w+)(?:\{[^}]*\})?\??/g, '{$1}')
}
