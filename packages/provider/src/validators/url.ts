import { z } from 'zod'

import { dissectUrl, enumerate, isLoopbackHost, removals, type UrlPieces } from './dissect-url.ts'
import { asciiHost, hostRefusal, wildcardRefusal } from './host.ts'
import { knownMistake, refuse, type Mistake, type Refusal } from './refusal.ts'
import { textRefusal } from './text.ts'

// Plain http is accepted here on loopback only; that it also needs development mode is checked once, on the
// derived URLs, so that no validator can forget it.

/** `https://host[:port]` and nothing after it. */
export function bareOrigin(description: string, mistakes: readonly Mistake[] = []): z.ZodString {
  return url(description, mistakes, (value) => baseRefusal(value, 'the bare origin', false), correctedOrigin)
}

/** `https://host[:port][/path]` without a trailing slash. */
export function baseUrl(description: string, mistakes: readonly Mistake[] = []): z.ZodString {
  return url(description, mistakes, (value) => baseRefusal(value, 'a base URL', true), correctedBase)
}

/** The URL of an endpoint; it may have a query. */
export function endpointUrl(description: string, mistakes: readonly Mistake[] = []): z.ZodString {
  return url(description, mistakes, endpointRefusal, withAsciiHost)
}

/** An issuer identifier: kept byte for byte, a trailing slash included (OpenID Connect Discovery §4.3). */
export function issuerUrl(description: string, mistakes: readonly Mistake[] = []): z.ZodString {
  return url(description, [...issuerMistakes, ...mistakes], issuerRefusal, withAsciiHost)
}

const issuerMistakes: readonly Mistake[] = [
  {
    when: /^(?<issuer>https?:\/\/[\w.:-]+(?:\/[\w./~-]*?)?)\/\.well-known\/(?:openid-configuration|oauth-authorization-server)\/?$/,
    problem: 'is the address of the discovery document, not the issuer',
    remedy: 'Copy "issuer" from that document; it is probably "$<issuer>".',
  },
  {
    when: /\/(?:authorize|authorization)\/?$/,
    problem: 'is the address of an endpoint, not the issuer',
    remedy: 'Copy "issuer" from the discovery document of the provider.',
  },
  {
    when: /[{}]/,
    problem: 'still contains a template in braces',
    remedy: 'Put your own value in place of the braces.',
  },
]

function url(
  description: string,
  mistakes: readonly Mistake[],
  refusal: (value: string) => Refusal | undefined,
  correct: (value: string) => string | undefined,
): z.ZodString {
  return z
    .string()
    .check(refuse((value) => textRefusal(value, correct) ?? knownMistake(value, mistakes) ?? refusal(value)))
    .meta({ description, format: 'uri' })
}

function baseRefusal(value: string, what: string, pathAllowed: boolean): Refusal | undefined {
  const parts = dissectUrl(value)
  const suspicious = wildcardRefusal(parts.host) ?? (pathAllowed ? pathRefusal(parts.path) : undefined)
  if (suspicious !== undefined) return suspicious
  const edits = [...schemeEdits(parts), ...surplus(parts, pathAllowed)]
  const corrected = pathAllowed ? correctedBase(value) : correctedOrigin(value)
  if (edits.length === 0) return corrected === value ? undefined : { problem: `must be ${what} of one host` }
  return {
    problem: `must be ${what}: ${enumerate(edits)}`,
    remedy: corrected === undefined ? undefined : `Use "${corrected}".`,
  }
}

function schemeEdits({ scheme, host }: UrlPieces): string[] {
  if (scheme === '') return ['add "https://"']
  if (scheme === 'https://' || (scheme === 'http://' && isLoopbackHost(host))) return []
  return [`replace "${scheme}" by "https://"`]
}

function surplus(parts: UrlPieces, pathAllowed: boolean): string[] {
  const kept = pathAllowed ? keptPath(parts.path) : ''
  const pieces = [
    ...(parts.host.endsWith('.') ? ['the trailing "." of the host name'] : []),
    ...(isDefaultPort(parts) ? [`"${parts.port}"`] : []),
    ...removals({ ...parts, path: parts.path.slice(kept.length) }),
  ]
  return [
    ...(/[A-Z]/.test(parts.host) ? ['write the host name in lower case'] : []),
    ...(pieces.length === 0 ? [] : [`remove ${enumerate(pieces)}`]),
  ]
}

function keptPath(path: string): string {
  return path.replace(/\/\.well-known(?:\/.*)?$/, '').replace(/\/$/, '')
}

/** Paths that a server, a proxy and a URL parser may read differently. */
function pathRefusal(path: string): Refusal | undefined {
  if (/\\|%2f|%5c|%2e/i.test(path)) return { problem: 'contains an encoded or reversed slash or dot' }
  if (/\/\.{1,2}(?:\/|$)/.test(path)) return { problem: 'contains "." or ".." as a path segment' }
  if (path.includes('//')) return { problem: 'contains "//" in its path' }
  if (!/^(?:[\w.~!$&'()*+,;=:@/-]|%[\da-f]{2})*$/i.test(path)) {
    return { problem: 'contains characters that must be percent-encoded in a URL' }
  }
  return undefined
}

function isDefaultPort({ scheme, port }: UrlPieces): boolean {
  return port === ':' || (port === ':443' && scheme !== 'http://') || (port === ':80' && scheme === 'http://')
}

function correctedOrigin(value: string): string | undefined {
  const parts = dissectUrl(value)
  const host = asciiHost(parts.host.toLowerCase()).replace(/\.$/, '')
  if (wildcardRefusal(host) !== undefined || host.split('.').includes('')) return undefined
  const scheme = parts.scheme === 'http://' && isLoopbackHost(host) ? 'http://' : 'https://'
  const origin = `${scheme}${host}${isDefaultPort(parts) ? '' : parts.port}`
  // Without a scheme it may be anything that was pasted, so only what looks like a host is repeated.
  if (parts.scheme === '' && hostRefusal(host) !== undefined) return undefined
  return URL.canParse(origin) && new URL(origin).origin === origin ? origin : undefined
}

function correctedBase(value: string): string | undefined {
  const origin = correctedOrigin(value)
  const path = keptPath(dissectUrl(value).path)
  return origin === undefined || pathRefusal(path) !== undefined ? undefined : `${origin}${path}`
}

/** The value with its host name in ASCII, where that is all that is wrong with it. */
function withAsciiHost(value: string): string | undefined {
  const { host } = dissectUrl(value)
  const corrected = value.replace(host, () => asciiHost(host))
  return corrected !== value && absoluteRefusal(corrected) === undefined && !/[^ -~]/.test(corrected)
    ? corrected
    : undefined
}

function endpointRefusal(value: string): Refusal | undefined {
  const refusal = absoluteRefusal(value)
  if (refusal !== undefined) return refusal
  const { href } = new URL(value)
  if (href === value || href === `${value}/`) return undefined
  return { problem: 'is not written in its normal form', remedy: `Use "${href}".` }
}

function issuerRefusal(value: string): Refusal | undefined {
  const refusal = absoluteRefusal(value)
  if (refusal !== undefined) return refusal
  return dissectUrl(value).hasQuery
    ? { problem: 'must not have a query: remove "?" and what follows' }
    : undefined
}

function absoluteRefusal(value: string): Refusal | undefined {
  const parts = dissectUrl(value)
  const [edit] = schemeEdits(parts)
  if (edit !== undefined) return { problem: `must be an absolute https URL: ${edit}` }
  if (parts.hasUserInfo) return { problem: 'must not contain user information: remove what is before "@"' }
  if (parts.hasFragment) return { problem: 'must not have a fragment: remove "#" and what follows' }
  if (/[\\\s]/.test(value) || !URL.canParse(value)) return { problem: 'is not a valid URL' }
  // Decoded by a URL parser it would be another host than the one that is read here.
  if (parts.host.includes('%')) return { problem: 'has a "%" in its host name' }
  return undefined
}
