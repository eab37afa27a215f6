import { jsonAnswer } from '../api/api-answer.ts'
import type { ApiEndpoint } from '../api/api-endpoint.ts'
import type { ApiRequest } from '../api/api-request.ts'
import { readForm } from '../api/read-body.ts'
import { authenticateClient } from '../clients/authenticate-client.ts'
import { isRenewalDue, renewClient } from '../clients/renew-client.ts'
import type { Context } from '../context.ts'
import type { FormParameters } from '../form-parameters.ts'
import { actAsClient } from '../grants/act-as-client.ts'
import { assertIdentity } from '../grants/assert-identity.ts'
import { attemptOfTokenRequest } from '../grants/attempt-of-token-request.ts'
import { exchangeToken } from '../grants/exchange-token.ts'
import { deviceCodeGrant, jwtBearerGrant, tokenExchangeGrant } from '../grants/grant-names.ts'
import { redeemCode } from '../grants/redeem-code.ts'
import { redeemDeviceCode } from '../grants/redeem-device-code.ts'
import { refreshGrant } from '../grants/refresh-grant.ts'
import type { TokenAnswer } from '../grants/token-answer.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord } from '../records.ts'
import { supportedGrantTypes, supportsGrantType } from '../supported-features.ts'
import { provenKey } from '../tokens/proven-key.ts'

/** One grant type: everything is checked before anything is spent. */
type Grant = (
  context: Context,
  client: ClientRecord,
  form: FormParameters,
  /** Thumbprint of the key the client has proven to hold (RFC 9449). */
  dpopKey?: string,
) => Promise<TokenAnswer>

const grants: ReadonlyMap<string, Grant> = new Map([
  ['authorization_code', redeemCode],
  ['refresh_token', refreshGrant],
  ['client_credentials', actAsClient],
  [deviceCodeGrant, redeemDeviceCode],
  [jwtBearerGrant, assertIdentity],
  [tokenExchangeGrant, exchangeToken],
])

/** `POST /token` (RFC 6749 §3.2). */
export const token: ApiEndpoint = async (request, context) => {
  const form = await readForm(request)
  const grantType = form.get('grant_type')
  if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing.')
  const grant = grants.get(grantType)
  if (!grant || !supportsGrantType(context.settings, grantType)) {
    throw new OAuthError(
      'unsupported_grant_type',
      `grant_type must be one of ${supportedGrantTypes(context.settings).join(', ')}.`,
    )
  }
  const client = await authenticateClient(context, request, form)
  requireGrantType(client, grantType)

  const binding = bindingKey(context, request, client)
  const dpopKey = binding && (await binding)
  const answer = await grant(context, client, form, dpopKey).catch(async (error: unknown) => {
    await noteRefusal(context, client, form, error)
    throw error
  })
  if (isRenewalDue(context, client)) await renewClient(context, client)
  return jsonAnswer({
    access_token: answer.access.token,
    token_type: answer.access.type,
    expires_in: answer.access.expiresIn,
    scope: answer.scope,
    refresh_token: answer.refreshToken,
    issued_token_type: answer.issuedTokenType,
  })
}

async function noteRefusal(context: Context, client: ClientRecord, form: FormParameters, error: unknown) {
  if (!(error instanceof OAuthError) || error.status >= 500) return
  context.emit({
    name: 'token.refused',
    outcome: 'denied',
    traceId: await attemptOfTokenRequest(context, form).catch(() => undefined),
    clientId: client.clientId,
    reason: error.code,
    detail: { grantType: form.get('grant_type'), problem: error.message },
  })
}

/**
 * AS-70. A refresh token may also be held by a client that registered for codes alone and asked for `offline_access`: that
 * it holds one is the permission. Who may present assertions is configured (`identityAssertions`), not registered.
 */
function requireGrantType(client: ClientRecord, grantType: string): void {
  if (grantType === 'refresh_token' || grantType === jwtBearerGrant || client.grantTypes.includes(grantType))
    return
  throw new OAuthError('unauthorized_client', `The client may not use the grant type ${grantType}.`)
}

/** RFC 9449 §5, §5.2: tokens are bound to the key of a proof, if there is one; some clients have to send one. */
function bindingKey(
  context: Context,
  request: ApiRequest,
  client: ClientRecord,
): Promise<string> | undefined {
  const key = provenKey(context, request)
  if (!key && client.dpopBound && context.settings.dpop)
    throw new OAuthError('invalid_dpop_proof', 'The client is registered to always use DPoP.')
  return key
}
