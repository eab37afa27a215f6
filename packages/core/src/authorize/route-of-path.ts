import { findResource } from '../resource-url.ts'
import type { Resource, Settings } from '../settings.ts'

/**
 * The resource that the path of an endpoint implies: `/oauth/authorize/mcp/demo` is for `/mcp/demo` alone.
 *
 * @returns `undefined` without a path behind the endpoint, `unknown` for a path of no resource
 */
export function routeOfPath(
  settings: Settings,
  pathname: string,
  endpoint: '/authorize' | '/par' | '/device/authorization',
): Resource | 'unknown' | undefined {
  const start = pathname.startsWith(`${settings.basePath}/`) ? settings.basePath.length : 0
  const path = pathname.slice(start + endpoint.length)
  return path === '' ? undefined : (findResource(settings, settings.publicUrl + path) ?? 'unknown')
}
