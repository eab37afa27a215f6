import { SignJWT } from 'jose'

import type { Clock } from '../clock.ts'
import { randomToken } from '../pkce.ts'

/** A client as the authorization server knows it: from a registration, a metadata document, or the operator. */
export type ClientIdentity =
  | { readonly clientId: string; readonly authMethod: 'none' }
  | {
      readonly clientId: string
      readonly authMethod: 'client_secret_basic' | 'client_secret_post'
      readonly clientSecret: string
    }
  | {
      readonly clientId: string
      readonly authMethod: 'private_key_jwt'
      readonly privateKey: CryptoKey
      readonly algorithm: string
      readonly keyId?: string
      /** Default: the issuer (draft-ietf-oauth-rfc7523bis). */
      readonly audience?: string
    }

/** RFC 6749 appendix B: what Basic credentials are encoded by before base64. */
const formEncode = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)

/** Adds the client's proof to a request of the token, revocation or introspection endpoint. */
export async function authenticate(
  client: ClientIdentity,
  issuer: string,
  request: { readonly headers: Headers; readonly body: URLSearchParams },
  clock: Clock,
): Promise<void> {
  const { headers, body } = request
  switch (client.authMethod) {
    case 'client_secret_basic':
      headers.set(
        'authorization',
        `Basic ${btoa(`${formEncode(client.clientId)}:${formEncode(client.clientSecret)}`)}`,
      )
      return
    case 'client_secret_post':
      body.set('client_id', client.clientId)
      body.set('client_secret', client.clientSecret)
      return
    case 'private_key_jwt': {
      const now = clock.seconds()
      const header = client.keyId === undefined ? {} : { kid: client.keyId }
      const assertion = await new SignJWT({ jti: randomToken() })
        .setProtectedHeader({ alg: client.algorithm, ...header })
        .setIssuer(client.clientId)
        .setSubject(client.clientId)
        .setAudience(client.audience ?? issuer)
        .setIssuedAt(now)
        .setExpirationTime(now + 60)
        .sign(client.privateKey)
      body.set('client_id', client.clientId)
      body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
      body.set('client_assertion', assertion)
      return
    }
    default:
      body.set('client_id', client.clientId)
  }
}

/** Reads the answer of a registration (RFC 7591 §3.2.1). */
export function identityOf(registration: Readonly<Record<string, unknown>>): ClientIdentity {
  const { client_id: clientId, client_secret: clientSecret } = registration
  const authMethod = registration.token_endpoint_auth_method ?? 'client_secret_basic'
  if (typeof clientId !== 'string') throw new Error('The registration answer has no client_id.')
  if (authMethod === 'none') return { clientId, authMethod }
  if (authMethod !== 'client_secret_basic' && authMethod !== 'client_secret_post') {
    throw new Error(
      `The registration answered the method ${JSON.stringify(authMethod)}, which the scripted client did not ask for.`,
    )
  }
  if (typeof clientSecret !== 'string')
    throw new Error(`The registration answer has no client_secret for ${authMethod}.`)
  return { clientId, authMethod, clientSecret }
}
