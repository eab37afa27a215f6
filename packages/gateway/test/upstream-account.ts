export const linear = {
  id: 'linear',
  displayName: 'Linear',
  authMode: 'user-oauth',
  url: 'https://upstream.example/mcp',
} as const
export const keyed = {
  ...linear,
  id: 'keyed',
  displayName: 'Notes',
  authMode: 'user-api-key',
  apiKey: { header: 'X-Api-Key' },
} as const
export const shared = {
  ...linear,
  id: 'team',
  displayName: 'Team',
  authMode: 'shared-oauth' as const,
  adminGroups: ['admins'],
}

/** The authorization server of the upstream: it signs everybody in without a question, and keeps what was revoked. */
export function upstreamServer() {
  const issuer = 'https://as.upstream.example'
  const revoked: (string | null)[] = []
  const answer = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url)
    switch (pathname) {
      case '/.well-known/oauth-authorization-server':
        return Response.json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          revocation_endpoint: `${issuer}/revoke`,
          code_challenge_methods_supported: ['S256'],
          client_id_metadata_document_supported: true,
        })
      case '/authorize': {
        const callback = new URL(searchParams.get('redirect_uri') ?? '')
        callback.searchParams.set('code', 'code-1')
        callback.searchParams.set('state', searchParams.get('state') ?? '')
        return Response.redirect(callback, 302)
      }
      case '/token':
        return Response.json({
          access_token: 'upstream-access',
          refresh_token: 'upstream-refresh',
          token_type: 'Bearer',
          expires_in: 3600,
        })
      case '/revoke':
        revoked.push(new URLSearchParams(await request.text()).get('token'))
        return new Response(null, { status: 200 })
      default:
        return new Response('not found', { status: 404 })
    }
  }
  const resource = () =>
    Promise.resolve(Response.json({ resource: linear.url, authorization_servers: [issuer] }))
  return { revoked, servers: { [issuer]: answer, 'https://upstream.example': resource } }
}
