import type { AccessToken, VerifyToken } from './access-token.ts'
import { parseBearerToken } from './bearer-token.ts'
import { challenge } from './challenge.ts'
import { crossOrigin } from './cross-origin.ts'
import { isRefusal, type Refusal, refusal, toResponse } from './refusal.ts'
import {
  checkProtectedResource,
  type ProtectedResource,
  resourceMetadata,
  resourceMetadataUrl,
} from './resource-metadata.ts'

/** One MCP endpoint and who may call it. */
export interface ResourceServerOptions extends ProtectedResource {
  readonly verify: VerifyToken
  /** Browser origins beside the endpoint's own and loopback; `'any'` for all. */
  readonly allowedOrigins?: readonly string[] | 'any' | undefined
  /** Told why a request was answered with 503; never told a token. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** What the guard reads of a request, so that a runtime's own request object serves as well as `Request`. */
export interface RequestFacts {
  readonly method: string
  /** Path with query, or an absolute URL. */
  readonly url: string
  /** By lower-case name; several headers of one name joined by `, `. */
  readonly header: (name: string) => string | undefined
}

/** OAuth for one MCP endpoint: what its clients are told, and who gets in. */
export interface ResourceServer {
  /** Absolute URL of the metadata, as challenges name it. */
  readonly metadataUrl: string
  readonly metadataPath: string
  /** Answers the metadata request (RFC 9728 §3), for any origin. */
  metadata(): Response
  /** Decides in the order origin, preflight, authentication (RS-09); the token, or the answer that ends the request. */
  authenticate(facts: RequestFacts): Promise<AccessToken | Refusal>
  /** 403 for a token that lacks scope: name everything the operation needs, at once (SCOPE-05). */
  insufficientScope(required: readonly string[]): Refusal
  /** CORS headers for an answer to `facts`, whoever made it. */
  responseHeaders(facts: RequestFacts): Readonly<Record<string, string>>
  /** A complete handler: metadata at its path, the guard in front of `handle` everywhere else. */
  protect(
    handle: (request: Request, token: AccessToken) => Response | Promise<Response>,
  ): (request: Request) => Promise<Response>
}

/** @throws {TypeError} when an option is wrong */
export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  checkProtectedResource(options)
  const { resource, scopes, verify, onError } = options
  const origins = crossOrigin(options)
  const metadataUrl = resourceMetadataUrl(resource)
  const metadataPath = new URL(metadataUrl).pathname
  const metadataBody = JSON.stringify(resourceMetadata(options))

  const challenged = (
    status: number,
    error: 'invalid_request' | 'invalid_token' | 'insufficient_scope' | undefined,
    description: string,
    required: readonly string[] | undefined = scopes,
  ): Refusal =>
    refusal(status, error ?? 'unauthorized', description, {
      'www-authenticate': challenge({
        error,
        description: error === undefined ? undefined : description,
        resourceMetadata: metadataUrl,
        scopes: required,
      }),
    })
  const noToken = challenged(401, undefined, 'this endpoint needs a bearer token')
  const badToken = challenged(
    401,
    'invalid_token',
    'the token is malformed, unknown, expired, revoked or for another resource',
  )
  const twoTokens = challenged(400, 'invalid_request', 'send one bearer token, in the Authorization header')

  const verifyBearer = async (facts: RequestFacts): Promise<AccessToken | Refusal> => {
    const found = parseBearerToken(facts.header('authorization'))
    if (found.kind === 'absent') return noToken
    if (found.kind === 'malformed') return badToken
    if (found.kind === 'several' || /[?&]access_token=/.test(facts.url)) return twoTokens
    try {
      return (await verify(found.token, resource)) ?? badToken
    } catch (error) {
      onError?.(error)
      return refusal(503, 'temporarily_unavailable', 'tokens cannot be verified at the moment', {
        'retry-after': '5',
      })
    }
  }

  const authenticate: ResourceServer['authenticate'] = async (facts) => {
    const origin = facts.header('origin')
    const foreign = origins.check(origin, facts.header('host'))
    if (foreign !== undefined) return foreign
    if (facts.method === 'OPTIONS') {
      return origins.preflight(origin, facts.header('access-control-request-headers'))
    }
    const outcome = await verifyBearer(facts)
    return isRefusal(outcome)
      ? { ...outcome, headers: { ...outcome.headers, ...origins.headers(origin) } }
      : outcome
  }

  const responseHeaders = (facts: RequestFacts) => origins.headers(facts.header('origin'))
  const metadata = () =>
    new Response(metadataBody, {
      headers: {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=300',
        'access-control-allow-origin': '*',
      },
    })

  return {
    metadataUrl,
    metadataPath,
    metadata,
    authenticate,
    insufficientScope: (required) =>
      challenged(403, 'insufficient_scope', 'the token does not cover this operation', required),
    responseHeaders,
    protect: (handle) => async (request) => {
      if (new URL(request.url).pathname.replace(/\/$/, '') === metadataPath) {
        if (request.method === 'OPTIONS') return toResponse(origins.preflight('*', undefined))
        return metadata()
      }
      const facts = factsOf(request)
      const outcome = await authenticate(facts)
      if (isRefusal(outcome)) return toResponse(outcome)
      const answer = await handle(request, outcome)
      const response = new Response(answer.body, answer)
      for (const [name, value] of Object.entries(responseHeaders(facts))) {
        if (name === 'vary') response.headers.append(name, value)
        else response.headers.set(name, value)
      }
      return response
    },
  }
}

/** What the guard reads, from a Fetch request. Without a `Host` header (HTTP/2) the URL says what was asked for. */
export const factsOf = (request: Request): RequestFacts => ({
  method: request.method,
  url: request.url,
  header: (name) => request.headers.get(name) ?? (name === 'host' ? new URL(request.url).host : undefined),
})
