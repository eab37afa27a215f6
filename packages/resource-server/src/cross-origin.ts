import { type Refusal, refusal } from './refusal.ts'
import { isLoopbackHost } from './resource-metadata.ts'

/** Which browsers may talk to an endpoint. */
export interface CrossOriginOptions {
  /** The endpoint's URL: its own origin may, and so may every origin on loopback (Inspector). */
  readonly resource: string
  /** Further origins, or `'any'`. */
  readonly allowedOrigins?: readonly string[] | 'any' | undefined
}

export interface CrossOrigin {
  /** The refusal of a foreign `Origin`, or of a foreign `Host` where the endpoint is on loopback (DNS rebinding). */
  check(origin: string | undefined, host: string | undefined): Refusal | undefined
  /** For every answer to an allowed origin; none without one. */
  headers(origin: string | undefined): Readonly<Record<string, string>>
  /** The answer to `OPTIONS`: nothing is authenticated there. */
  preflight(origin: string | undefined, requestedHeaders: string | undefined): Refusal
}

const readableHeaders =
  'WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After, DPoP-Nonce, X-Request-Id'
const writableHeader =
  /^(?:authorization|dpop|content-type|accept|mcp-protocol-version|mcp-method|mcp-name|mcp-session-id|last-event-id|mcp-param-[\w.-]+|traceparent|tracestate|baggage)$/

/** TR-03, RS-15. Nothing here is about credentials: tokens travel in a header, never in a cookie. */
export function crossOrigin({ resource, allowedOrigins = [] }: CrossOriginOptions): CrossOrigin {
  const own = new URL(resource)
  const onLoopback = isLoopbackHost(own.hostname)
  const listed = allowedOrigins === 'any' ? undefined : new Set([own.origin, ...allowedOrigins])
  for (const origin of listed ?? []) checkOrigin(origin)

  const isAllowed = (origin: string): boolean => {
    if (listed === undefined || listed.has(origin)) return true
    const url = URL.canParse(origin) ? new URL(origin) : undefined
    return url !== undefined && url.origin === origin && isLoopbackHost(url.hostname)
  }
  const headers = (origin: string | undefined): Record<string, string> =>
    origin === undefined
      ? { vary: 'origin' }
      : {
          'access-control-allow-origin': origin,
          'access-control-expose-headers': readableHeaders,
          vary: 'origin',
        }

  return {
    check(origin, host) {
      if (origin !== undefined && !isAllowed(origin)) {
        return refusal(
          403,
          'forbidden',
          'this origin may not call the endpoint: ask its operator to allow it',
        )
      }
      if (onLoopback && !isLoopbackHost(hostnameOf(host))) {
        return refusal(403, 'forbidden', 'the Host header names another machine than this one')
      }
      return undefined
    },
    headers,
    preflight(origin, requestedHeaders = '') {
      const allowed = requestedHeaders
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .filter((name) => writableHeader.test(name))
      return {
        status: 204,
        headers: {
          ...headers(origin),
          allow: 'GET, POST, DELETE, OPTIONS',
          'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
          'access-control-allow-headers': allowed.join(', '),
          'access-control-max-age': '600',
          vary: 'origin, access-control-request-headers',
        },
        body: '',
      }
    },
  }
}

function hostnameOf(host: string | undefined): string {
  const url = `http://${host ?? ''}`
  return URL.canParse(url) ? new URL(url).hostname : ''
}

function checkOrigin(origin: string): void {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new TypeError(
      `allowedOrigins: "${origin}" is not an origin. Use "https://app.example.com", without a path.`,
    )
  }
}
