import type { IdentityProvider } from '@portico/provider'

import type { Resource } from './context.ts'
import { isLoopbackHost } from './loopback-host.ts'
import type { ResourceOptions } from './options.ts'

const basicScope = 'mcp:tools'
const basicScopes = { [basicScope]: 'Use the tools, prompts and resources of this server for you.' }

/** SEC-21: https, or plain http on loopback in development. */
export function parsePublicUrl(value: string | undefined, development: boolean, problems: string[]): string {
  if (value === undefined) {
    if (!development) {
      problems.push(
        'publicUrl: is required: the origin that users and clients see, e.g. "https://mcp.example.com".',
      )
    }
    return 'http://localhost:9000'
  }
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    problems.push('publicUrl: must be an origin such as "https://mcp.example.com".')
    return 'http://localhost:9000'
  }
  const { origin, hostname, protocol } = new URL(value)
  if (value !== origin) {
    problems.push(
      `publicUrl: must be the bare origin, without a path or a slash at the end: use "${origin}".`,
    )
  }
  if (development && !isLoopbackHost(hostname)) {
    problems.push('development: is for a publicUrl on localhost, 127.0.0.1 or [::1] only: remove it here.')
  } else if (!development && protocol !== 'https:') {
    problems.push(
      isLoopbackHost(hostname)
        ? 'publicUrl: plain http needs "development: true", and works on this machine only.'
        : `publicUrl: must be https: use "${origin.replace('http:', 'https:')}".`,
    )
  }
  return origin
}

/** Adds to each resource what follows from its path and the public URL. */
export function parseResources(
  resources: readonly ResourceOptions[],
  server: { publicUrl: string; basePath: string; providers: readonly IdentityProvider[] },
  problems: string[],
): Resource[] {
  const paths = new Set<string>()
  return resources.map((options, index) => {
    const at = `resources.${index}`
    const path = options.path === '/' ? '' : options.path
    const scopes = new Map(Object.entries(options.scopes ?? basicScopes))
    const defaultScopes = options.defaultScopes ?? defaultScopesOf(scopes)

    if (paths.has(path)) problems.push(`${at}.path: "${options.path}" is there twice: remove one of them.`)
    paths.add(path)
    if (isReserved(path, server.basePath)) {
      problems.push(`${at}.path: "${options.path}" belongs to the authorization server: choose another path.`)
    }
    if (defaultScopes.length === 0) {
      problems.push(`${at}.defaultScopes: is required with several scopes of which none is "${basicScope}".`)
    }
    for (const scope of defaultScopes.filter((name) => !scopes.has(name))) {
      problems.push(`${at}.defaultScopes: "${scope}" is not one of scopes: add it there.`)
    }
    for (const scope of ['openid', 'offline_access'].filter((name) => scopes.has(name))) {
      problems.push(`${at}.scopes: "${scope}" has a meaning of its own in OAuth: choose another name.`)
    }
    for (const id of (options.providers ?? []).filter(
      (id) => !server.providers.some((known) => known.id === id),
    )) {
      problems.push(
        `${at}.providers: "${id}" is not the id of a provider: add the provider, or remove the id.`,
      )
    }

    const url = server.publicUrl + path
    return {
      url,
      path,
      issuer: url,
      name: options.name,
      scopes,
      defaultScopes,
      ...(options.providers && { providers: options.providers }),
    }
  })
}

function defaultScopesOf(scopes: ReadonlyMap<string, string>): string[] {
  if (scopes.has(basicScope)) return [basicScope]
  return scopes.size === 1 ? [...scopes.keys()] : []
}

function isReserved(path: string, basePath: string): boolean {
  return [basePath, '/.well-known', '/authorize', '/token', '/register'].some(
    (reserved) => path === reserved || path.startsWith(`${reserved}/`),
  )
}
