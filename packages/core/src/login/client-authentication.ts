import type { IdentityProvider } from '@portico/provider'
import { importPKCS8 } from 'jose/key/import'
import {
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  modifyAssertion,
  None,
  PrivateKeyJwt,
} from 'oauth4webapi'

import { UpstreamError } from '../oauth-error.ts'

/** How we prove to the provider's token endpoint who we are (RFC 6749 §2.3, RFC 7523 §2.2). */
export async function clientAuthentication(provider: IdentityProvider, now: number): Promise<ClientAuth> {
  const { client, clientAuthentication: { basicEncoding = 'rfc6749' } = {} } = provider
  switch (client.authMethod) {
    case 'none':
      return None()
    case 'client_secret_basic':
      return basicEncoding === 'raw' ? rawBasic(secretOf(provider)) : ClientSecretBasic(secretOf(provider))
    case 'client_secret_post':
      return ClientSecretPost(secretOf(provider))
    case 'private_key_jwt':
      return privateKeyJwt(provider, now)
  }
}

/** Against RFC 6749 §2.3.1, for servers that do not form-decode. */
function rawBasic(secret: string): ClientAuth {
  return (_server, client, _body, headers) => {
    const bytes = new TextEncoder().encode(`${client.client_id}:${secret}`)
    headers.set('authorization', `Basic ${btoa(String.fromCharCode(...bytes))}`)
  }
}

async function privateKeyJwt({ client, name }: IdentityProvider, now: number): Promise<ClientAuth> {
  if (!client.privateKey) {
    throw new UpstreamError(
      'client_authentication_incomplete',
      `${name}: "private_key_jwt" needs a private key.`,
    )
  }
  const { privateKeyPem, algorithm, keyId } = client.privateKey
  const key = await importPKCS8(privateKeyPem, algorithm)
  return PrivateKeyJwt(keyId === undefined ? key : { key, kid: keyId }, {
    [modifyAssertion](_header, payload) {
      // By the injected clock, like every other time.
      Object.assign(payload, { iat: now, nbf: now, exp: now + 60 })
    },
  })
}

function secretOf({ client, name }: IdentityProvider): string {
  if (client.secret !== undefined) return client.secret
  throw new UpstreamError(
    'client_authentication_incomplete',
    `${name}: "${client.authMethod}" needs a client secret.`,
  )
}
