import { jsonResponse } from '../api-response.ts'
import { parseClientMetadata } from '../clients/client-metadata.ts'
import type { ClientMetadata } from '../clients/client-metadata.ts'
import { classifyRedirectUri } from '../clients/redirect-uri.ts'
import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import type { Endpoint } from '../endpoint.ts'
import { OAuthError } from '../oauth-error.ts'
import { readText, requireContentType } from '../read-body.ts'
import type { ClientAuthMethod, ClientRecord } from '../records.ts'
import { records } from '../records.ts'
import { registrableGrantTypes } from '../supported-features.ts'

const maxBodyBytes = 32_768

/** `POST /register` (RFC 7591 §3). A client that is never used is forgotten early, one in use never (DCR-11, DCR-12). */
export const register: Endpoint = async (c, context) => {
  const { registration } = context.settings
  if (!registration.dynamic) {
    throw new OAuthError(
      'registration_not_supported',
      'This server registers no clients: ask its operator for one.',
      {
        status: 404,
      },
    )
  }
  requireContentType(c.req.raw, 'application/json')
  const metadata = parseClientMetadata(
    parseJson(await readText(c.req.raw, maxBodyBytes)),
    registration.privateUseSchemes,
    registrableGrantTypes(context.settings),
  )
  const { dpopBound, ...supported } = metadata
  const authMethod = chooseAuthMethod(metadata, registration.privateUseSchemes)
  // DCR-10: nothing in id or secret that form-encoding would change.
  const clientId = context.randomToken().slice(0, 22)
  const secret = authMethod.startsWith('client_secret') ? context.randomToken() : undefined
  const createdAt = context.now()
  const client: ClientRecord = {
    ...supported,
    ...(dpopBound && context.settings.dpop && { dpopBound }),
    clientId,
    origin: 'registered',
    authMethod,
    ...(secret !== undefined && { secretHash: sha256Text(secret) }),
    createdAt,
  }
  await records(context.storage, 'client').set(clientId, client, {
    expiresAt: createdAt + registration.unusedClientTtlSeconds,
    when: 'absent',
  })
  audit(context, client)
  return jsonResponse(registrationAnswer(client, secret), 201)
}

/**
 * DCR-09: a missing method means a secret; but a private-use scheme is for public clients only (DCR-05), so a client that
 * asked for one and named no method is taken for public.
 */
function chooseAuthMethod(metadata: ClientMetadata, privateUseSchemes: readonly string[]): ClientAuthMethod {
  const hasPrivateUse = metadata.redirectUris.some(
    (uri) => classifyRedirectUri(uri, privateUseSchemes) === 'private-use',
  )
  const authMethod = metadata.authMethod ?? (hasPrivateUse ? 'none' : 'client_secret_basic')
  if (hasPrivateUse && authMethod !== 'none') {
    throw new OAuthError(
      'invalid_redirect_uri',
      'redirect_uris: a private-use scheme is for public clients: register with token_endpoint_auth_method none.',
    )
  }
  if (authMethod === 'private_key_jwt' && !metadata.jwks && metadata.jwksUri === undefined) {
    throw new OAuthError('invalid_client_metadata', 'jwks or jwks_uri is missing beside private_key_jwt.')
  }
  return authMethod
}

/** DCR-02: all of it as it was registered, which may be less than was asked for. */
function registrationAnswer(client: ClientRecord, secret: string | undefined): Record<string, unknown> {
  return {
    client_id: client.clientId,
    client_id_issued_at: client.createdAt,
    ...(secret !== undefined && { client_secret: secret, client_secret_expires_at: 0 }),
    client_name: client.name,
    redirect_uris: client.redirectUris,
    grant_types: client.grantTypes,
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    token_endpoint_auth_method: client.authMethod,
    scope: client.scope,
    dpop_bound_access_tokens: client.dpopBound,
    jwks: client.jwks,
    jwks_uri: client.jwksUri,
    client_uri: client.clientUri,
    logo_uri: client.logoUri,
    policy_uri: client.policyUri,
    tos_uri: client.tosUri,
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OAuthError('invalid_client_metadata', 'The body must be JSON.', { cause })
  }
}

function audit(context: Context, client: ClientRecord): void {
  context.emit({
    name: 'client.registered',
    outcome: 'success',
    clientId: client.clientId,
    detail: { name: client.name, authMethod: client.authMethod, redirectUris: client.redirectUris.join(' ') },
  })
}
