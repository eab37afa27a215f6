import { type AuthorizationServer, OAuthError } from '@portico/core'
import { StorageUnavailableError } from '@portico/storage'

import type { GatewayRoute } from './gateway-route.ts'
import type { RegistryRefusal, RoutesFor } from './registry-endpoints.ts'
import { isRouteFor } from './route-visibility.ts'

const wrongToken = 'The token is malformed, unknown, expired or revoked'

const unavailable: RegistryRefusal = {
  status: 503,
  message: 'The server cannot reach its storage: try again shortly',
  headers: { 'retry-after': '5' },
}

/** A token is for one route; in the registry, any of them says who asks. One that is bound to a key needs its proof here, too. */
export function routesFor(
  { dpopAlgorithms = [], issuer, resources, verifyAccessToken }: AuthorizationServer,
  routes: readonly GatewayRoute[],
): RoutesFor {
  const refuse = (
    scheme: 'Bearer' | 'DPoP',
    { code, message, headers }: Pick<OAuthError, 'code' | 'message' | 'headers'>,
  ): RegistryRefusal => {
    const algorithms = scheme === 'DPoP' ? `, algs="${dpopAlgorithms.join(' ')}"` : ''
    return {
      status: 401,
      message,
      headers: { ...headers, 'www-authenticate': `${scheme} error="${code}"${algorithms}` },
    }
  }
  return async ({ method, headers }, path, facts = {}) => {
    const presented = headers.get('authorization')?.trim() ?? ''
    const [, name = '', token] = /^(bearer|dpop) +([\w.~+/-]+=*)$/i.exec(presented) ?? []
    const scheme = name.toLowerCase() === 'dpop' && dpopAlgorithms.length > 0 ? 'DPoP' : 'Bearer'
    const dpop =
      scheme === 'DPoP' ? { proof: headers.get('dpop') ?? '', method, url: issuer + path } : undefined
    try {
      for (const [index, { url }] of token === undefined ? [] : resources.entries()) {
        // It is one guess, however many routes it is tried at.
        const verified = await verifyAccessToken(token ?? '', url, dpop, index === 0 ? facts : undefined)
        if (verified) return routes.filter((route) => isRouteFor(route, verified))
      }
    } catch (error) {
      if (error instanceof OAuthError && error.status === 429) return error
      if (dpop && error instanceof OAuthError) return refuse(scheme, error)
      // J01: nobody can tell what the token opens.
      if (error instanceof StorageUnavailableError) return unavailable
      throw error
    }
    return refuse(scheme, { code: 'invalid_token', message: wrongToken, headers: {} })
  }
}
