/** The pieces of something that should be a URL or a host name, without any normalisation. */
export interface UrlPieces {
  /** With its `//`, e.g. `https://`; empty when there is none. */
  readonly scheme: string
  readonly hasUserInfo: boolean
  readonly host: string
  /** With its colon, e.g. `:8443`. */
  readonly port: string
  readonly path: string
  readonly hasQuery: boolean
  readonly hasFragment: boolean
}

const pieces = /^((?:[A-Za-z][A-Za-z0-9+.-]*:)?\/\/)?([^/?#\\]*)([^?#]*)(\?[^#]*)?(#.*)?$/s

/** Splits without parsing: an issuer is a byte string, and a URL parser would repair what must be refused. */
export function dissectUrl(value: string): UrlPieces {
  const [, scheme = '', authority = '', path = '', query, fragment] = pieces.exec(value) ?? []
  const at = authority.lastIndexOf('@')
  const hostAndPort = authority.slice(at + 1)
  const port = /:\d*$/.exec(hostAndPort)?.[0] ?? ''
  return {
    scheme,
    hasUserInfo: at >= 0,
    host: hostAndPort.slice(0, hostAndPort.length - port.length),
    port,
    path,
    hasQuery: query !== undefined,
    hasFragment: fragment !== undefined,
  }
}

/** `"/oidc"`, or in words where quoting would be unclear or could repeat a secret. */
export function removals({ hasUserInfo, path, hasQuery, hasFragment }: UrlPieces): string[] {
  return [
    ...(hasUserInfo ? ['the user information before "@"'] : []),
    ...(path === '' ? [] : [path === '/' ? 'the trailing "/"' : `"${path}"`]),
    ...(hasQuery ? ['the query after "?"'] : []),
    ...(hasFragment ? ['the fragment after "#"'] : []),
  ]
}

/** `a, b and c`. */
export function enumerate(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** Whether plain http is tolerable in development: the request does not leave the machine. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]'
}
