import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'

import type { Clock } from '../clock.ts'

/** How a client may authenticate at the token endpoint. */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none'

/** An application registered at the scripted provider: the server under test. */
export interface IdpClient {
  readonly clientId: string
  readonly clientSecret?: string
  /** Exact strings; without the list, any redirect URI is taken. */
  readonly redirectUris?: readonly string[]
  /** Default: whatever fits the credentials given here. */
  readonly authMethods?: readonly ClientAuthMethod[]
  /** Public keys for `private_key_jwt`. */
  readonly jwks?: JSONWebKeySet
  /** `raw`: Basic credentials are not form-decoded, as some servers do against RFC 6749 §2.3.1. */
  readonly basicEncoding?: 'rfc6749' | 'raw'
}

/** What a request to the token endpoint said about its sender. */
export interface ClientCredentials {
  readonly method: ClientAuthMethod
  readonly clientId: string
  readonly proof: string
}

const formDecode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))

/** Every credential a request carries; more than one is an error of the sender (RFC 6749 §2.3). */
export function credentialsOf(
  headers: Headers,
  parameters: URLSearchParams,
  client: IdpClient | undefined,
): readonly ClientCredentials[] {
  const found: ClientCredentials[] = []
  const basic = /^Basic (.+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  if (basic !== undefined) {
    const [id = '', ...secret] = atob(basic).split(':')
    const decode = client?.basicEncoding === 'raw' ? (text: string): string => text : formDecode
    found.push({ method: 'client_secret_basic', clientId: decode(id), proof: decode(secret.join(':')) })
  }
  const clientId = parameters.get('client_id') ?? ''
  const secret = parameters.get('client_secret')
  if (secret !== null) found.push({ method: 'client_secret_post', clientId, proof: secret })
  const assertion = parameters.get('client_assertion')
  if (assertion !== null) {
    found.push({
      method: 'private_key_jwt',
      clientId: clientId || (client?.clientId ?? ''),
      proof: assertion,
    })
  }
  return found.length > 0 ? found : [{ method: 'none', clientId, proof: '' }]
}

function methodsOf({ authMethods, clientSecret, jwks }: IdpClient): readonly ClientAuthMethod[] {
  if (authMethods !== undefined) return authMethods
  const secretMethods = ['client_secret_basic', 'client_secret_post'] as const
  if (clientSecret === undefined && jwks === undefined) return ['none']
  return [
    ...(clientSecret === undefined ? [] : secretMethods),
    ...(jwks === undefined ? [] : (['private_key_jwt'] as const)),
  ]
}

/** Tells what is wrong with the credentials, or nothing. */
export async function refuseClient(
  client: IdpClient,
  credentials: readonly ClientCredentials[],
  audiences: readonly string[],
  clock: Clock,
): Promise<string | undefined> {
  const [only] = credentials
  if (only === undefined || credentials.length > 1) return 'more than one way of client authentication'
  if (!methodsOf(client).includes(only.method)) return `${only.method} is not registered for this client`
  if (only.clientId !== client.clientId) return 'client_id does not fit the credentials'
  if (only.method === 'none') return undefined
  if (only.method !== 'private_key_jwt')
    return only.proof === client.clientSecret ? undefined : 'wrong secret'
  try {
    await jwtVerify(only.proof, createLocalJWKSet(client.jwks ?? { keys: [] }), {
      issuer: client.clientId,
      subject: client.clientId,
      audience: [...audiences],
      requiredClaims: ['exp', 'jti'],
      currentDate: new Date(clock.now()),
    })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
