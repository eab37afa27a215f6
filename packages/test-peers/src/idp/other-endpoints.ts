import type { IdpContext, IdpRequest } from './idp-context.ts'
import { authenticatedClient } from './token.ts'

/** OpenID Connect Core §5.3: the claims of the user an access token was issued to. */
export function userinfo({ headers }: IdpRequest, context: IdpContext): Response {
  const accessToken = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  const grant = accessToken === undefined ? undefined : context.accessTokens.get(accessToken)
  if (grant !== undefined) return Response.json(grant.user)
  const challenge = accessToken === undefined ? 'Bearer' : 'Bearer error="invalid_token"'
  return Response.json(
    { error: 'invalid_token' },
    { status: 401, headers: { 'www-authenticate': challenge } },
  )
}

/** RFC 7009: 200 whether or not the token was known. */
export async function revocation(request: IdpRequest, context: IdpContext): Promise<Response> {
  const client = await authenticatedClient(request, context)
  if (client instanceof Response) return client
  const value = request.parameters.get('token') ?? ''
  context.accessTokens.delete(value)
  context.refreshTokens.delete(value)
  return new Response(null, { status: 200 })
}

/** OpenID Connect RP-Initiated Logout 1.0 §2: signs the user out and returns where asked. */
export function endSession({ parameters }: IdpRequest, signOut: () => void): Response {
  signOut()
  const target = parameters.get('post_logout_redirect_uri')
  if (target === null) return new Response('Signed out')
  const location = new URL(target)
  const state = parameters.get('state')
  if (state !== null) location.searchParams.set('state', state)
  return new Response(null, { status: 303, headers: { location: location.href } })
}
