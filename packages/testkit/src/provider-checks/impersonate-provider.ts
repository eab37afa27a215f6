import type { IdentityProvider, PrivateKeyOptions } from '@portico/provider'
import {
  type Clock,
  createScriptedIdp,
  createSigningKey,
  type IdpClient,
  type ScriptedIdp,
  type SigningAlgorithm,
  type SigningKey,
} from '@portico/test-peers'
import { exportJWK, importPKCS8, type JWK } from 'jose'

import type { IdentityCase } from './provider-case.ts'

type Claims = Readonly<Record<string, unknown>>

const scriptedAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA']
const signingKeys = new Map<SigningAlgorithm, Promise<SigningKey>>()

/** A scripted provider at the addresses of `provider`, with its issuer, algorithm and client, and one user. */
export async function impersonateProvider(
  provider: IdentityProvider,
  { claims: said }: IdentityCase,
  { clock, callbackUrl }: { readonly clock: Clock; readonly callbackUrl: string },
): Promise<ScriptedIdp> {
  const { browserLogin, oidc, kind } = provider
  const claims = kind === 'oidc' ? withRequiredClaims(provider, said) : said
  const idp = createScriptedIdp({
    issuer: issuerFor(provider, claims),
    endpoints: definedOnly({
      authorization: browserLogin.url,
      token: browserLogin.tokenUrl,
      jwks: oidc?.jwksUrl,
      userinfo: oidc?.userinfoUrl,
      endSession: oidc?.endSessionUrl,
      revocation: oidc?.revocationUrl,
    }),
    clients: [await clientOf(provider, callbackUrl)],
    signingKey: await signingKeyOf(provider),
    // Who the user is for the kinds without an ID token is said by the token answer or by the API.
    user: { sub: 'user', ...claims },
    clock,
  })
  if (kind === 'private') idp.bendJson('token', (body) => ('error' in body ? body : { ...claims }))
  if (browserLogin.nonce === 'claim_nonce') {
    idp.bendIdToken((draft) => {
      const asked = idp.requests.findLast(({ endpoint }) => endpoint === 'authorization')
      const nonce = asked?.parameters.get('claim_nonce')
      return { ...draft, claims: { ...draft.claims, claim_nonce: nonce } }
    })
  }
  return idp
}

/** What the derivation demands of an ID token is there unless the case says otherwise. */
function withRequiredClaims({ oidc }: IdentityProvider, claims: Claims): Claims {
  const required = Object.entries(oidc?.requiredClaims ?? {}).map(
    ([name, value]) => [name, typeof value === 'string' ? value : value[0]] as const,
  )
  return { ...Object.fromEntries<unknown>(required), ...claims }
}

function issuerFor({ issuer, oidc }: IdentityProvider, claims: Claims): string {
  const { template, claim = '' } = oidc?.issuerTemplate ?? {}
  return template?.replaceAll(`{${claim}}`, String(claims[claim])) ?? issuer
}

/** Making a key takes long; nobody depends on two providers having different ones. */
function signingKeyOf({ oidc, name }: IdentityProvider): Promise<SigningKey> {
  const allowed = oidc?.algorithms ?? ['RS256']
  const algorithm = scriptedAlgorithms.find((each) => allowed.includes(each))
  if (algorithm === undefined) {
    throw new Error(
      `${name} allows ${allowed.join(', ')}, none of which the scripted provider can sign with.`,
    )
  }
  const key = signingKeys.get(algorithm) ?? createSigningKey(algorithm, 'key-1')
  signingKeys.set(algorithm, key)
  return key
}

/** The provider knows one way of client authentication: the one that was derived. */
async function clientOf(provider: IdentityProvider, callbackUrl: string): Promise<IdpClient> {
  const { client, clientAuthentication: { basicEncoding = 'rfc6749' } = {} } = provider
  return {
    clientId: client.id,
    authMethods: [client.authMethod],
    redirectUris: [callbackUrl],
    basicEncoding,
    ...(client.secret !== undefined && { clientSecret: client.secret }),
    ...(client.privateKey && { jwks: { keys: [await publicKeyOf(client.privateKey)] } }),
  }
}

/** The public half, as an operator would register it. */
async function publicKeyOf({ privateKeyPem, algorithm, keyId }: PrivateKeyOptions): Promise<JWK> {
  const key = await exportJWK(await importPKCS8(privateKeyPem, algorithm, { extractable: true }))
  for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const) delete key[secret]
  return { ...key, alg: algorithm, ...(keyId !== undefined && { kid: keyId }) }
}

function definedOnly<Name extends string>(
  values: Record<Name, string | undefined>,
): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<
    Record<Name, string>
  >
}
