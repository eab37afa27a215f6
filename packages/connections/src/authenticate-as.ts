import { importPKCS8 } from 'jose/key/import'
import { type ClientAuth, ClientSecretPost, modifyAssertion, None, PrivateKeyJwt } from 'oauth4webapi'

import { basicAuthentication } from './basic-authentication.ts'
import { clientSeal } from './client-record.ts'
import type { ConnectionContext } from './connection-context.ts'
import { UpstreamError } from './connection-context.ts'
import type { UpstreamClientRecord } from './connection-records.ts'
import type { ManualRegistration, OAuthUpstream } from './upstream-options.ts'

/** How this client proves itself at its token endpoint. */
export async function authenticateAs(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  client: UpstreamClientRecord & { readonly recordId?: string },
): Promise<ClientAuth> {
  const { clientRegistration: registration } = upstream
  switch (client.authMethod) {
    case 'none':
      return None()
    case 'private_key_jwt': {
      const options = registration.mode === 'manual' ? registration.privateKey : undefined
      if (!options) throw incomplete(upstream, 'privateKey')
      return privateKeyJwt(options, context.now())
    }
    default: {
      const secret = await secretOf(context, upstream, client)
      return client.authMethod === 'client_secret_basic'
        ? basicAuthentication(secret)
        : ClientSecretPost(secret)
    }
  }
}

/** An assertion signed with the operator's key (RFC 7523 §2.2). */
export async function privateKeyJwt(
  {
    privateKeyPem,
    algorithm,
    keyId,
    audience,
    expiresInSeconds,
  }: NonNullable<ManualRegistration['privateKey']>,
  now: number,
): Promise<ClientAuth> {
  const key = await importPKCS8(privateKeyPem, algorithm)
  return PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }, {
    [modifyAssertion](_header, payload) {
      Object.assign(payload, { iat: now, nbf: now, exp: now + expiresInSeconds })
      if (audience !== undefined) payload['aud'] = audience
    },
  })
}

async function secretOf(
  { sealer }: ConnectionContext,
  upstream: OAuthUpstream,
  client: UpstreamClientRecord & { readonly recordId?: string },
): Promise<string> {
  const { clientRegistration: registration } = upstream
  if (registration.mode === 'manual' && registration.clientSecret !== undefined)
    return registration.clientSecret
  if (client.secret !== undefined && client.recordId !== undefined)
    return sealer.open(client.secret, clientSeal(client.recordId))
  throw incomplete(upstream, 'clientSecret')
}

const incomplete = (upstream: OAuthUpstream, option: string): UpstreamError =>
  new UpstreamError(
    'upstream_client_incomplete',
    `${upstream.displayName}: clientRegistration.${option} is missing. Add it.`,
  )
