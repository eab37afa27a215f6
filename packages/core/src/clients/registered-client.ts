import { beginsAuthorization } from '../browser/begins-authorization.ts'
import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientAuthMethod, ClientRecord } from '../records.ts'
import { registrableGrantTypes } from '../supported-features.ts'
import type { ClientMetadata } from './client-metadata.ts'
import { parseClientMetadata } from './client-metadata.ts'
import { isWebUri } from './redirect-uri.ts'
import type { RegistrationRequest } from './registration-policy.ts'

/** What stays when a client changes its metadata. */
export type ClientIdentity = Pick<ClientRecord, 'clientId' | 'createdAt'> &
  Partial<Pick<ClientRecord, 'usedAt' | 'secretHash' | 'managementHash'>>

export interface RegisteredClient {
  readonly client: ClientRecord
  /** New, and shown this once: only its hash is kept. */
  readonly secret: string | undefined
}

/**
 * The record of a client that registers itself, or changes what it registered (RFC 7591 §2, RFC 7592 §2.2).
 *
 * @throws {OAuthError} `invalid_redirect_uri`, `invalid_client_metadata`, also when the operator's policy refuses
 */
export async function registeredClient(
  context: Context,
  input: unknown,
  { clientId, createdAt, usedAt, secretHash, managementHash }: ClientIdentity,
): Promise<RegisteredClient> {
  const { registration, dpop } = context.settings
  const { privateUseSchemes } = registration
  const metadata = parseClientMetadata(input, privateUseSchemes, registrableGrantTypes(context.settings))
  refuseOwnAuthorization(context, metadata)
  const authMethod = chooseAuthMethod(metadata)
  const needsSecret = authMethod.startsWith('client_secret')
  const secret = needsSecret && secretHash === undefined ? context.randomToken() : undefined
  const hash = secret === undefined ? secretHash : sha256Text(secret)
  const client: ClientRecord = { ...metadata, clientId, origin: 'registered', authMethod, createdAt }
  if (client.dpopBound && !dpop) delete client.dpopBound
  if (needsSecret && hash !== undefined) client.secretHash = hash
  if (managementHash !== undefined) client.managementHash = managementHash
  if (usedAt !== undefined) client.usedAt = usedAt
  const refusal = registration.policy && (await registration.policy(requested(client)))
  if (refusal !== undefined) {
    context.emit({
      name: 'client.refused',
      outcome: 'denied',
      reason: 'policy',
      detail: { problem: refusal },
    })
    throw new OAuthError('invalid_client_metadata', printable(refusal))
  }
  return { client, secret }
}

function requested(client: ClientRecord): RegistrationRequest {
  const { name, redirectUris, grantTypes, authMethod, scope, clientUri } = client
  return { name, redirectUris, grantTypes, authMethod, scope, clientUri }
}

/** DCR-02: all of it as it was registered, which may be less than was asked for. */
export function registrationAnswer(
  { settings }: Pick<Context, 'settings'>,
  client: ClientRecord,
  {
    secret,
    managementToken,
  }: { readonly secret?: string | undefined; readonly managementToken?: string | undefined },
): Record<string, unknown> {
  return {
    client_id: client.clientId,
    client_id_issued_at: client.createdAt,
    client_secret: secret,
    client_secret_expires_at: secret === undefined ? undefined : 0,
    // RFC 7592 §3.
    registration_access_token: managementToken,
    registration_client_uri:
      managementToken === undefined ? undefined : endpointUrl(settings, `/register/${client.clientId}`),
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

/**
 * DCR-09: a missing method means a secret; but a private-use scheme is for public clients only (DCR-05), so a client that
 * asked for one and named no method is taken for public.
 */
function chooseAuthMethod(metadata: ClientMetadata): ClientAuthMethod {
  // They have passed: what is not of the web is of a private-use scheme.
  const hasPrivateUse = !metadata.redirectUris.every(isWebUri)
  const authMethod = metadata.authMethod ?? (hasPrivateUse ? 'none' : 'client_secret_basic')
  if (hasPrivateUse && authMethod !== 'none') {
    throw new OAuthError(
      'invalid_redirect_uri',
      'redirect_uris: a private-use scheme is for public clients: register with token_endpoint_auth_method none.',
    )
  }
  if (authMethod === 'private_key_jwt' && !metadata.jwks && metadata.jwksUri === undefined) {
    throw new OAuthError('invalid_client_metadata', 'private_key_jwt needs jwks or jwks_uri.')
  }
  return authMethod
}

/** E03: told now, instead of to the user later on. */
function refuseOwnAuthorization({ settings }: Context, { redirectUris }: ClientMetadata): void {
  if (!redirectUris.some((uri) => beginsAuthorization(settings, new URL(uri)))) return
  throw new OAuthError(
    'invalid_redirect_uri',
    'redirect_uris: an authorization endpoint of this server is no place to return to.',
  )
}

/** RFC 6749 §5.2: an `error_description` is ASCII without quotes and backslashes. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20\x21\x23-\x5B\x5D-\x7E]/g, '?').slice(0, 500)
}
