import { isLoopbackHost } from '@portico/safe-fetch'

import type { ClientRecord } from '../records.ts'

/** Private-use schemes of well-known MCP clients that do not follow the reverse-domain form (DCR-05). */
export const defaultPrivateUseSchemes: readonly string[] = [
  'cursor',
  'vscode',
  'vscode-insiders',
  'windsurf',
  'zed',
  'kiro',
  'claude',
  'goose',
  'raycast',
  'lmstudio',
  'warp',
]

/** What kind of place a redirect URI is: it decides about consent, warnings and who may register it. */
export type RedirectUriKind = 'https' | 'loopback' | 'private-use'

/** Why a redirect URI cannot be registered. `unlisted_scheme` alone is harmless beside a good one. */
export interface RedirectUriProblem {
  readonly reason: 'unsafe' | 'unlisted_scheme'
  /** ASCII, for the client's developer; continues a sentence that begins with the URI's place. */
  readonly message: string
}

const unsafe = (message: string): RedirectUriProblem => ({ reason: 'unsafe', message })

/** DCR-04, A03: schemes that run code, read files or are no place to return to. No allow-list can name them. */
const forbiddenSchemes: ReadonlySet<string> = new Set([
  'about',
  'blob',
  'chrome',
  'chrome-extension',
  'data',
  'file',
  'filesystem',
  'ftp',
  'intent',
  'jar',
  'javascript',
  'mailto',
  'ms-appx-web',
  'res',
  'resource',
  'sms',
  'tel',
  'vbscript',
  'view-source',
  'ws',
  'wss',
])

const maxLength = 2048
/** As programs write theirs, nearly all of them: nothing in it can be read in two ways. The other ports are looked at closely. */
const plainLoopbackUri = /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::[1-5]?\d{1,4})?(?:\/[\w~/-]*)?$/

/**
 * Classifies a redirect URI that a client wants to use, or says why it may not (AS-22, DCR-04, DCR-05).
 *
 * @param privateUseSchemes undotted schemes to allow; reverse-domain schemes (`com.example.app`) always are
 */
export function classifyRedirectUri(
  uri: string,
  privateUseSchemes: readonly string[],
): RedirectUriKind | RedirectUriProblem {
  if (uri.length > maxLength) return unsafe(`must not be longer than ${maxLength} characters`)
  if (plainLoopbackUri.test(uri)) return 'loopback'
  // What RFC 3986 has. A parser would repair the rest; a browser that repairs it differently would go somewhere else.
  if (!/^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/.test(uri)) {
    return unsafe('must be an absolute URI without spaces, control characters, non-ASCII or backslashes')
  }
  if (uri.includes('#')) return unsafe('must not have a fragment')
  const [, rawScheme, rest] = /^([a-z][a-z\d+.-]*):(.*)$/i.exec(uri) ?? []
  if (rawScheme === undefined || rest === undefined || !URL.canParse(uri))
    return unsafe('must be an absolute URI')
  const scheme = rawScheme.toLowerCase()
  if (scheme === 'https' || scheme === 'http') return classifyWebUri(uri, scheme, rest)
  return classifyPrivateUse(scheme, rest, privateUseSchemes)
}

/** Whether a redirect URI that passed is `https` or `loopback`. */
export function isWebUri(uri: string): boolean {
  return /^https?:/i.test(uri)
}

function classifyWebUri(uri: string, scheme: string, rest: string): RedirectUriKind | RedirectUriProblem {
  const [, authority, path = ''] = /^\/\/([^/?]*)([^?]*)/.exec(rest) ?? []
  if (authority === undefined || authority === '') return unsafe('must name a host')
  if (authority.includes('@')) return unsafe('must not have user information')
  const { hostname } = new URL(uri)
  // Decimal, octal and percent-encoded hosts are rewritten by the parser: only the plain spelling passes.
  if (authority.replace(/:\d*$/, '').toLowerCase() !== hostname) {
    return unsafe('must spell its host in the plain form')
  }
  if (hostname.endsWith('.')) return unsafe('must not have a host that ends in a dot')
  if (/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path)) return unsafe('must not have dot segments in its path')
  if (scheme === 'https') return 'https'
  if (isLoopbackHost(hostname)) return 'loopback'
  return unsafe('must be https: http is for http://127.0.0.1, http://[::1] and http://localhost only')
}

function classifyPrivateUse(
  scheme: string,
  rest: string,
  privateUseSchemes: readonly string[],
): RedirectUriKind | RedirectUriProblem {
  if (forbiddenSchemes.has(scheme)) return unsafe(`must not use the scheme ${scheme}`)
  if (rest === '' || /^\/\/[^/?]*@/.test(rest)) {
    return unsafe('must have a path or host after its scheme, and no user information')
  }
  if (/^[a-z][a-z\d-]*(\.[a-z\d-]+)+$/.test(scheme) || privateUseSchemes.includes(scheme))
    return 'private-use'
  return {
    reason: 'unlisted_scheme',
    message: `uses the private scheme ${scheme}, which this server does not allow: use https, http on loopback or a reverse-domain scheme, or ask the operator to add it to registration.privateUseSchemes`,
  }
}

/**
 * The redirect URI of an authorization request, checked against the client's: exactly equal (AS-22), or a loopback URI
 * that differs in its port alone (AS-23, AS-24). Without one, the only one registered unless that is a loopback URI,
 * whose port nobody knows (AS-25).
 *
 * @returns the URI to answer to, or `undefined`: then nothing may be redirected anywhere
 */
export function matchRedirectUri(
  client: Pick<ClientRecord, 'redirectUris'>,
  requested: string | undefined,
): string | undefined {
  if (requested === undefined) {
    const [only, ...others] = client.redirectUris
    return others.length === 0 && only !== undefined && !parseLoopback(only) ? only : undefined
  }
  if (client.redirectUris.includes(requested)) return requested
  const loopback = parseLoopback(requested)
  if (!loopback) return undefined
  const matches = client.redirectUris.some((registered) => {
    const template = parseLoopback(registered)
    return template?.host === loopback.host && template.rest === loopback.rest
  })
  return matches ? requested : undefined
}

/** Host literal and everything behind the port, both as written: nothing is decoded or normalised. */
function parseLoopback(uri: string): { host: string; rest: string } | undefined {
  const match = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::(\d{1,5}))?((?:[/?][^#\s\\]*)?)$/.exec(uri)
  if (!match || Number(match[2] ?? 0) > 65_535) return undefined
  return { host: match[1] ?? '', rest: match[3] ?? '' }
}
