import { pkceChallenge, randomToken } from '../pkce.ts'
import { credentialsOf, type IdpClient, refuseClient } from './idp-client.ts'
import type { Grant, IdpContext, IdpRequest } from './idp-context.ts'

/** How long the provider's tokens live. */
const tokenLifetimeSeconds = 3600

const refusal = (error: string, description: string, status = 400): Response =>
  Response.json({ error, error_description: description }, { status })

/** The client that the request names and proves to be, or the refusal. */
export async function authenticatedClient(
  { headers, parameters }: IdpRequest,
  context: IdpContext,
): Promise<IdpClient | Response> {
  const named = context.clients.find((client) =>
    credentialsOf(headers, parameters, client).some(({ clientId }) => clientId === client.clientId),
  )
  if (named === undefined) return refusal('invalid_client', 'unknown client', 401)
  const audiences = [context.issuer, context.endpoints.token]
  const problem = await refuseClient(
    named,
    credentialsOf(headers, parameters, named),
    audiences,
    context.clock,
  )
  return problem === undefined ? named : refusal('invalid_client', problem, 401)
}

async function codeGrant(
  parameters: URLSearchParams,
  client: IdpClient,
  context: IdpContext,
): Promise<Grant | string> {
  const code = parameters.get('code') ?? ''
  const grant = context.codes.get(code)
  if (grant === undefined) return 'unknown or used code'
  if (grant.client !== client) return 'the code belongs to another client'
  if (parameters.get('redirect_uri') !== grant.redirectUri)
    return 'redirect_uri differs from the authorization request'
  const verifier = parameters.get('code_verifier')
  if (grant.codeChallenge === undefined ? verifier !== null : verifier === null) {
    return 'code_verifier and code_challenge go together'
  }
  if (verifier !== null && (await pkceChallenge(verifier)) !== grant.codeChallenge)
    return 'wrong code_verifier'
  context.codes.delete(code)
  return grant
}

function refreshGrant(parameters: URLSearchParams, client: IdpClient, context: IdpContext): Grant | string {
  const refreshToken = parameters.get('refresh_token') ?? ''
  const grant = context.refreshTokens.get(refreshToken)
  if (grant === undefined || grant.client !== client) return 'unknown refresh_token'
  context.refreshTokens.delete(refreshToken)
  return { ...grant, nonce: undefined }
}

async function issue(grant: Grant, context: IdpContext): Promise<Record<string, unknown>> {
  const accessToken = randomToken()
  context.accessTokens.set(accessToken, grant)
  const scopes = grant.scope.split(' ')
  const answer: Record<string, unknown> = {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: tokenLifetimeSeconds,
    scope: grant.scope,
  }
  if (scopes.includes('offline_access')) {
    const refreshToken = randomToken()
    context.refreshTokens.set(refreshToken, grant)
    answer.refresh_token = refreshToken
  }
  if (!scopes.includes('openid')) return answer
  const now = context.clock.seconds()
  const claims = {
    ...grant.user,
    iss: context.issuer,
    aud: grant.client.clientId,
    iat: now,
    exp: now + tokenLifetimeSeconds,
    auth_time: grant.authTime,
    sid: grant.sessionId,
    nonce: grant.nonce,
  }
  answer.id_token = await context.signIdToken(claims, grant.client, accessToken)
  return answer
}

/** RFC 6749 §4.1.3 and §6, OpenID Connect Core §3.1.3. */
export async function token(request: IdpRequest, context: IdpContext): Promise<Response> {
  const client = await authenticatedClient(request, context)
  if (client instanceof Response) return client
  const { parameters } = request
  const grantType = parameters.get('grant_type')
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
    return refusal('unsupported_grant_type', `grant_type is ${grantType ?? 'missing'}`)
  }
  const grant =
    grantType === 'authorization_code'
      ? await codeGrant(parameters, client, context)
      : refreshGrant(parameters, client, context)
  if (typeof grant === 'string') return refusal('invalid_grant', grant)
  return Response.json(await issue(grant, context), { headers: { 'cache-control': 'no-store' } })
}
