/** What a resource accepts of the `DPoP` scheme. */
export interface DpopOptions {
  /** Signature algorithms of proofs that the verifier accepts. */
  readonly algorithms: readonly string[]
  /** No bearer token is taken; default `false`: each kind in its own scheme. */
  readonly required?: boolean | undefined
}

/** A protected resource as clients see it. */
export interface ProtectedResource {
  /** The URL that users enter, byte for byte; no trailing slash, query or fragment (RS-03). */
  readonly resource: string
  /** Issuer of the authorization server, byte for byte. There is one: clients use the first (RS-04). */
  readonly authorizationServer: string
  /** What a client normally needs: named in challenges and in the metadata. Never `offline_access` (SCOPE-09). */
  readonly scopes?: readonly string[] | undefined
  /** Shown to users. */
  readonly name?: string | undefined
  readonly documentation?: string | undefined
  /** Tokens bound to a key of the client (RFC 9449); absent: only bearer tokens. */
  readonly dpop?: DpopOptions | undefined
}

const wellKnown = '/.well-known/oauth-protected-resource'
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** The path-inserted place of a resource's metadata (RFC 9728 §3.1). */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource)
  return `${origin}${wellKnown}${pathname === '/' ? '' : pathname}`
}

/** The metadata document (RFC 9728 §2). */
export function resourceMetadata(options: ProtectedResource): Readonly<Record<string, unknown>> {
  const { resource, authorizationServer, scopes = [], name, documentation, dpop } = options
  return {
    resource,
    authorization_servers: [authorizationServer],
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
    ...(dpop && { dpop_signing_alg_values_supported: dpop.algorithms }),
    ...(dpop?.required && { dpop_bound_access_tokens_required: true }),
    ...(name === undefined ? {} : { resource_name: name }),
    ...(documentation === undefined ? {} : { resource_documentation: documentation }),
  }
}

/** @throws {TypeError} with the remedy, when clients could not work with the resource as described */
export function checkProtectedResource({
  resource,
  authorizationServer,
  scopes = [],
  dpop,
}: ProtectedResource): void {
  checkUrl('resource', resource)
  checkIssuer('authorizationServer', authorizationServer)
  if (dpop) checkAlgorithms(dpop)
  for (const scope of scopes) {
    if (scope === 'offline_access') {
      throw new TypeError(
        'scopes: remove "offline_access": it belongs into the metadata of the authorization server.',
      )
    }
    if (!scopeToken.test(scope)) {
      throw new TypeError(
        `scopes: "${scope}" must be printable ASCII without spaces, quotes and backslashes.`,
      )
    }
  }
}

function checkAlgorithms({ algorithms }: DpopOptions): void {
  if (algorithms.length === 0) throw new TypeError('dpop.algorithms: name at least one, e.g. "ES256".')
  for (const algorithm of algorithms) {
    if (/^(?:none|HS\d+)$/i.test(algorithm)) {
      throw new TypeError(
        `dpop.algorithms: remove "${algorithm}": a proof is signed with a private key (RFC 9449 section 11.6).`,
      )
    }
  }
}

function checkUrl(option: string, value: string): void {
  const url = secureUrl(option, value)
  const clean = `${url.origin}${url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '')}`
  if (value !== clean) throw new TypeError(`${option} must be written as clients compare it. Use "${clean}".`)
}

/**
 * An issuer is kept byte for byte: with some servers the slash at its end is part of it (RFC 8414 §2).
 *
 * @throws {TypeError} with the remedy
 */
export function checkIssuer(option: string, value: string): void {
  const { username, password } = secureUrl(option, value)
  if (/[?#]/.test(value) || username !== '' || password !== '') {
    throw new TypeError(
      `${option} must have no user information, query or fragment. Copy "issuer" from the metadata of the authorization server.`,
    )
  }
}

/** @throws {TypeError} when it is no https URL, and not on loopback either */
export function secureUrl(option: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new TypeError(`${option} must be an absolute URL, e.g. "https://mcp.example.com/mcp".`)
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw new TypeError(
      `${option} must be https: "${url.origin}" is reachable by others. http is for loopback only.`,
    )
  }
  return url
}

/** `localhost`, 127.0.0.0/8, [::1]. */
export const isLoopbackHost = (hostname: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
