import type { AccessToken, VerifyToken } from './access-token.ts'
import { type Challenge, challenge } from './challenge.ts'
import { checkOptions } from './check-options.ts'
import { crossOrigin } from './cross-origin.ts'
import { isProofRefusal, presentedProof, type PresentedProof } from './presented-proof.ts'
import { parsePresentedToken, type TokenScheme } from './presented-token.ts'
import { isRateRefusal } from './rate-refusal.ts'
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
  /** Told why a request was answered with 503, and which one it was, if its host says so; never told a token. */
  readonly onError?: ((error: unknown, requestId?: string) => void) | undefined
}

/** What the guard reads of a request, so that a runtime's own request object serves as well as `Request`. */
export interface RequestFacts {
  readonly method: string
  /** Path with query, or an absolute URL. */
  readonly url: string
  /** By lower-case name; several headers of one name joined by `, `. */
  readonly header: (name: string) => string | undefined
  /** The host's id of this request, passed to `onError`. */
  readonly requestId?: string | undefined
  /** IP address of the client, as far as the host can vouch for it; passed to the verifier. */
  readonly clientAddress?: string | undefined
}

/** OAuth for one MCP endpoint: what clients are told, and which requests are admitted. */
export interface ResourceServer {
  /** Absolute URL of the metadata, as challenges name it. */
  readonly metadataUrl: string
  readonly metadataPath: string
  /** Answers the metadata request (RFC 9728 §3), for any origin. */
  metadata(): Response
  /**
   * Decides in the order origin, preflight, authentication (RS-09), at once where `verify` does; the token, or the answer
   * that ends the request.
   */
  authenticate(facts: RequestFacts): AccessToken | Refusal | Promise<AccessToken | Refusal>
  /**
   * 403 for a token that lacks scope: name everything the operation needs, at once (SCOPE-05). The challenge is of the
   * scheme that the token came with.
   */
  insufficientScope(required: readonly string[], token?: Pick<AccessToken, 'dpopKey'>): Refusal
  /** CORS headers for a response to `facts`, whatever produced it. */
  responseHeaders(facts: RequestFacts): Readonly<Record<string, string>>
  /** A complete handler: metadata at its path, the guard in front of `handle` everywhere else. */
  protect(
    handle: (request: Request, token: AccessToken, requestId?: string) => Response | Promise<Response>,
  ): (request: Request, requestId?: string, clientAddress?: string) => Promise<Response>
}

/** @throws {TypeError} when an option is wrong */
export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  checkOptions(options)
  checkProtectedResource(options)
  const { resource, scopes, verify, dpop, onError } = options
  const origins = crossOrigin(options)
  const metadataUrl = resourceMetadataUrl(resource)
  const metadataPath = new URL(metadataUrl).pathname
  const metadataBody = JSON.stringify(resourceMetadata(options))

  const challenged = (
    scheme: TokenScheme,
    status: number,
    error: Challenge['error'],
    description: string,
    required: readonly string[] | undefined = scopes,
  ): Refusal =>
    refusal(status, error ?? 'unauthorized', description, {
      'www-authenticate': challenge({
        scheme,
        error,
        description: error === undefined ? undefined : description,
        resourceMetadata: metadataUrl,
        scopes: required,
        algorithms: scheme === 'DPoP' ? dpop?.algorithms : undefined,
      }),
    })
  const usual: TokenScheme = dpop?.required ? 'DPoP' : 'Bearer'
  const noToken = challenged(usual, 401, undefined, `this endpoint needs a ${usual} token`)
  const badTokenOf = (scheme: TokenScheme) =>
    challenged(
      scheme,
      401,
      'invalid_token',
      'the token is malformed, unknown, expired, revoked, for another resource or of another scheme',
    )
  const badToken = { Bearer: badTokenOf(usual), DPoP: badTokenOf('DPoP') }
  const twoTokens = challenged(
    usual,
    400,
    'invalid_request',
    'send one access token, in the Authorization header',
  )
  const badProof = challenged(
    'DPoP',
    401,
    'invalid_dpop_proof',
    'send one proof of the key that the token is bound to, in the DPoP header',
  )

  const unverified = (
    error: unknown,
    { requestId }: RequestFacts,
    proof: PresentedProof | undefined,
  ): Refusal => {
    if (proof && isProofRefusal(error)) {
      const answer = challenged('DPoP', 401, error.code, error.message)
      return { ...answer, headers: { ...answer.headers, ...error.headers } }
    }
    if (isRateRefusal(error)) {
      return refusal(429, 'temporarily_unavailable', error.message, {
        'retry-after': String(error.retryAfterSeconds),
      })
    }
    onError?.(error, requestId)
    return refusal(503, 'temporarily_unavailable', 'tokens cannot be verified at the moment', {
      'retry-after': '5',
    })
  }

  // A verifier that looks at no proofs knows of no key either.
  const ofScheme = (token: AccessToken | undefined, scheme: TokenScheme): AccessToken | Refusal =>
    token && (token.dpopKey === undefined) === (scheme === 'Bearer') ? token : badToken[scheme]

  const verifyPresented = (facts: RequestFacts): AccessToken | Refusal | Promise<AccessToken | Refusal> => {
    const found = parsePresentedToken(facts.header('authorization'), dpop !== undefined)
    if (found.kind === 'absent') return noToken
    if (found.kind === 'malformed') return badToken[found.scheme]
    if (found.kind === 'several' || /[?&]access_token=/.test(facts.url)) return twoTokens
    const { token, scheme } = found
    const isBearer = scheme === 'Bearer'
    if (isBearer && dpop?.required) return badToken.Bearer
    const proof = isBearer ? undefined : presentedProof(resource, facts, facts.header('dpop'))
    if (!isBearer && proof === undefined) return badProof
    try {
      const verified = verify(token, resource, proof, facts)
      if (!(verified instanceof Promise)) return ofScheme(verified, scheme)
      return verified.then(
        (good) => ofScheme(good, scheme),
        (error: unknown) => unverified(error, facts, proof),
      )
    } catch (error) {
      return unverified(error, facts, proof)
    }
  }

  const readable = (outcome: AccessToken | Refusal, origin: string | undefined): AccessToken | Refusal =>
    isRefusal(outcome) ? { ...outcome, headers: { ...outcome.headers, ...origins.headers(origin) } } : outcome

  const authenticate: ResourceServer['authenticate'] = (facts) => {
    const origin = facts.header('origin')
    const foreign = origins.check(origin, facts.header('host'))
    if (foreign !== undefined) return foreign
    if (facts.method === 'OPTIONS') {
      return origins.preflight(origin, facts.header('access-control-request-headers'))
    }
    const outcome = verifyPresented(facts)
    return outcome instanceof Promise
      ? outcome.then((verified) => readable(verified, origin))
      : readable(outcome, origin)
  }

  // Most requests are no such: their URL need not be taken apart.
  const isMetadata = (url: string) =>
    url.includes(metadataPath) && new URL(url).pathname.replace(/\/$/, '') === metadataPath
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
    insufficientScope: (required, token) =>
      challenged(
        token?.dpopKey === undefined ? 'Bearer' : 'DPoP',
        403,
        'insufficient_scope',
        'the token does not cover this operation',
        required,
      ),
    responseHeaders,
    protect: (handle) => async (request, requestId, clientAddress) => {
      if (isMetadata(request.url)) {
        if (request.method === 'OPTIONS') return toResponse(origins.preflight('*', undefined))
        return metadata()
      }
      const facts = { ...factsOf(request), requestId, clientAddress }
      const outcome = await authenticate(facts)
      if (isRefusal(outcome)) return toResponse(outcome)
      const answer = await handle(request, outcome, requestId)
      return withHeaders(answer, responseHeaders(facts))
    },
  }
}

/** The answer with further headers. One that came from `fetch` refuses them, and is copied. */
function withHeaders(answer: Response, headers: Readonly<Record<string, string>>): Response {
  try {
    addHeaders(answer.headers, headers)
    return answer
  } catch {
    const copy = new Response(answer.body, answer)
    addHeaders(copy.headers, headers)
    return copy
  }
}

function addHeaders(to: Headers, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'vary') to.append(name, value)
    else to.set(name, value)
  }
}

/** What the guard reads, from a Fetch request. Without a `Host` header (HTTP/2) the URL says what was asked for. */
export const factsOf = (request: Request): RequestFacts => ({
  method: request.method,
  url: request.url,
  header: (name) => request.headers.get(name) ?? (name === 'host' ? new URL(request.url).host : undefined),
})
