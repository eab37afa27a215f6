import { OAuthError } from '../../oauth-error.ts'
import { findResource } from '../../resource-url.ts'
import type { Resource } from '../../settings.ts'
import type { Arrival } from '../check.ts'

/**
 * RFC 8707 §2 (AS-31 to AS-34): exactly one of our resources, in any spelling that cannot mean another one. The path of
 * the endpoint implies it, and so does having only one.
 */
export function requestedResource({ context, parameters, route }: Arrival): Resource {
  const { settings } = context
  const named = new Map(
    parameters.all('resource').map((value) => {
      const resource = findResource(settings, value)
      if (!resource) throw new OAuthError('invalid_target', 'resource is not an MCP endpoint of this server.')
      return [resource.url, resource]
    }),
  )
  const [resource, ...others] = named.values()
  if (others.length > 0)
    throw new OAuthError('invalid_target', 'resource must name one MCP endpoint, not several.')
  if (resource && route && resource.url !== route.url) {
    throw new OAuthError('invalid_target', 'resource is not the MCP endpoint of this authorization endpoint.')
  }
  const [only, ...more] = settings.resources.values()
  const implied = resource ?? route ?? (more.length === 0 ? only : undefined)
  if (!implied) throw new OAuthError('invalid_target', 'resource is missing: name the MCP endpoint.')
  return implied
}

export function knownResource(arrival: Arrival): { resource: string } {
  return { resource: requestedResource(arrival).url }
}
