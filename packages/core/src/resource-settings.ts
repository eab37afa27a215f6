import type { IdentityProvider, Report } from '@portico/provider'
import { isLoopbackHost } from '@portico/safe-fetch'

import type { ResourceOptions } from './options.ts'
import type { Resource } from './settings.ts'

const basicScope = 'mcp:tools'
const basicScopes = { [basicScope]: 'Use the tools, prompts and resources of this server for you.' }

/** SEC-21: https, or plain http on loopback in development. */
export function parsePublicUrl(value: string | undefined, development: boolean, report: Report): string {
  if (value === undefined) {
    if (!development) {
      report(
        'publicUrl',
        'is missing',
        'Set it to the origin users and clients see, e.g. "https://mcp.example.com".',
      )
    }
    return 'http://localhost:9000'
  }
  const { hostname, protocol } = new URL(value)
  if (development && !isLoopbackHost(hostname)) {
    report('development', 'is for a publicUrl on localhost, 127.0.0.1 or [::1]', 'Remove it here.')
  } else if (!development && protocol !== 'https:') {
    report(
      'publicUrl',
      'must be https outside development',
      'Use an https origin, or set "development: true" while everything runs on this machine.',
    )
  }
  return value
}

/** Adds to each resource what follows from its path and the public URL. */
export function parseResources(
  resources: readonly ResourceOptions[],
  server: { publicUrl: string; basePath: string; providers: readonly IdentityProvider[] },
  report: Report,
): Resource[] {
  const paths = new Set<string>()
  return resources.map((options, index) => {
    const at = `resources[${index}]`
    const path = options.path === '/' ? '' : options.path
    const scopes = new Map(Object.entries(options.scopes ?? basicScopes))
    const defaultScopes = options.defaultScopes ?? defaultScopesOf(scopes)

    if (paths.has(path)) report(`${at}.path`, `"${options.path}" is there twice`, 'Remove one of them.')
    paths.add(path)
    if (isReserved(path, server.basePath)) {
      report(`${at}.path`, `"${options.path}" belongs to the authorization server`, 'Choose another path.')
    }
    if (scopes.size === 0) report(`${at}.scopes`, 'is empty', 'Name at least one scope, or leave it out.')
    else if (defaultScopes.length === 0) {
      report(
        `${at}.defaultScopes`,
        `is required where there are several scopes and none is "${basicScope}"`,
        'Set it.',
      )
    }
    for (const scope of defaultScopes.filter((name) => !scopes.has(name))) {
      report(`${at}.defaultScopes`, `has "${scope}", which is not one of scopes`, 'Add it there.')
    }
    for (const scope of ['openid', 'offline_access'].filter((name) => scopes.has(name))) {
      report(
        `${at}.scopes`,
        `has "${scope}", which has a meaning of its own in OAuth`,
        'Choose another name.',
      )
    }
    for (const id of (options.providers ?? []).filter(
      (id) => !server.providers.some((known) => known.id === id),
    )) {
      report(
        `${at}.providers`,
        `has "${id}", which is not the id of a provider`,
        'Add the provider, or remove the id.',
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
      ...(options.dpopBound && { dpopBound: true }),
    }
  })
}

/** Canonical URL of the resource at a path that an option names. */
export function resourceAt(
  resources: readonly Resource[],
  option: string,
  path: string,
  report: Report,
): string {
  const found = resources.find((resource) => resource.path === (path === '/' ? '' : path))
  if (!found) {
    report(option, `has "${path}", which is not the path of a resource`, 'Add the resource, or remove it.')
  }
  return found?.url ?? ''
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
