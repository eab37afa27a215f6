import type { Fetch } from '../fetch.ts'
import { pkceChallenge, randomToken } from '../pkce.ts'

/** What a test may bend of an upstream. */
export interface ScriptedUpstreamOptions {
  /** The authorization server; default `https://as.upstream.example`. */
  readonly issuer?: string
  /** The MCP endpoint whose accounts it keeps; default `https://upstream.example/mcp`. */
  readonly resource?: string
  /** Members of the server metadata (RFC 8414) that are other than they should be. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Members of the resource metadata (RFC 9728) that are other than they should be. */
  readonly resourceMetadata?: Readonly<Record<string, unknown>>
  /** Changes the parameters of the way back to the gateway. */
  readonly callback?: (parameters: URLSearchParams) => void
}

/** The authorization server in front of an upstream MCP server. */
export interface ScriptedUpstream {
  /** Answers for both: the authorization server, and the resource metadata of the MCP server. */
  readonly fetch: Fetch
  /** `fetch` by origin, for `routeByOrigin`. */
  readonly servers: Readonly<Record<string, Fetch>>
  /** Where it was asked, oldest first. */
  readonly requests: readonly URL[]
  /** Every access token that was issued, oldest first. */
  readonly accessTokens: readonly string[]
  readonly refreshTokens: readonly string[]
  /** Every token that was revoked, oldest first. */
  readonly revoked: readonly string[]
}

/** Signs everybody in without a question, checks the proof key, and gives everybody other tokens. */
export function createScriptedUpstream({
  issuer = 'https://as.upstream.example',
  resource = 'https://upstream.example/mcp',
  metadata,
  resourceMetadata,
  callback,
}: ScriptedUpstreamOptions = {}): ScriptedUpstream {
  const challenges = new Map<string, string>()
  const requests: URL[] = []
  const accessTokens: string[] = []
  const refreshTokens: string[] = []
  const revoked: string[] = []
  const { origin: resourceOrigin, pathname: resourcePath } = new URL(resource)

  const authorize = ({ searchParams }: URL): Response => {
    const code = randomToken()
    challenges.set(code, searchParams.get('code_challenge') ?? '')
    const back = new URL(searchParams.get('redirect_uri') ?? '')
    back.searchParams.set('code', code)
    back.searchParams.set('state', searchParams.get('state') ?? '')
    callback?.(back.searchParams)
    return Response.redirect(back, 302)
  }
  const issue = (): Response => {
    const [accessToken, refreshToken] = [
      `upstream-access-${randomToken()}`,
      `upstream-refresh-${randomToken()}`,
    ]
    accessTokens.push(accessToken)
    refreshTokens.push(refreshToken)
    return Response.json({
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: 3600,
    })
  }
  const isGood = async (form: URLSearchParams): Promise<boolean> => {
    if (form.get('grant_type') === 'refresh_token') {
      const token = form.get('refresh_token') ?? ''
      return refreshTokens.includes(token) && !revoked.includes(token)
    }
    const challenge = await pkceChallenge(form.get('code_verifier') ?? '')
    return challenges.get(form.get('code') ?? '') === challenge
  }
  const formOf = async (request: Request) => new URLSearchParams(await request.text())

  const fetch: Fetch = async (request) => {
    const url = new URL(request.url)
    requests.push(url)
    switch (url.pathname) {
      case `/.well-known/oauth-protected-resource${resourcePath}`:
        return Response.json({ resource, authorization_servers: [issuer], ...resourceMetadata })
      case '/.well-known/oauth-authorization-server':
        return Response.json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          revocation_endpoint: `${issuer}/revoke`,
          code_challenge_methods_supported: ['S256'],
          client_id_metadata_document_supported: true,
          ...metadata,
        })
      case '/authorize':
        return authorize(url)
      case '/token':
        return (await isGood(await formOf(request)))
          ? issue()
          : Response.json({ error: 'invalid_grant' }, { status: 400 })
      case '/revoke':
        revoked.push((await formOf(request)).get('token') ?? '')
        return new Response(null, { status: 200 })
      default:
        return new Response('not found', { status: 404 })
    }
  }
  return {
    fetch,
    servers: { [issuer]: fetch, [resourceOrigin]: fetch },
    requests,
    accessTokens,
    refreshTokens,
    revoked,
  }
}
