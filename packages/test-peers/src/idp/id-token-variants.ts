import type { JWTPayload } from 'jose'

import type { IdpClient } from './idp-client.ts'
import type { LoginVariant } from './login-variant.ts'
import type { ScriptedIdp } from './scripted-idp.ts'

type Change = (claims: JWTPayload, idp: ScriptedIdp, client: IdpClient) => JWTPayload

function claims(
  id: string,
  title: string,
  outcome: 'accepted' | 'refused',
  change: Change,
  more: Pick<LoginVariant, 'emailVerified' | 'needs'> = {},
): LoginVariant {
  return {
    id,
    title,
    outcome,
    ...more,
    apply(idp) {
      idp.bendIdToken((draft, client) => ({
        ...draft,
        claims: { ...draft.claims, ...change(draft.claims, idp, client) },
      }))
    },
  }
}

const refused = (id: string, title: string, change: Change): LoginVariant =>
  claims(id, title, 'refused', change)
const badNonce = (id: string, title: string, change: Change): LoginVariant =>
  claims(id, title, 'refused', change, { needs: 'nonce' })
const accepted = (id: string, title: string, change: Change): LoginVariant =>
  claims(id, title, 'accepted', change)
/** The provider says the same about the user wherever it is asked. */
const alsoByUserinfo = (variant: LoginVariant, members: JWTPayload): LoginVariant => ({
  ...variant,
  apply(idp) {
    idp.bendJson('userinfo', (body) => ({ ...body, ...members }))
    return variant.apply(idp)
  },
})

function verified(id: string, title: string, emailVerified: boolean, value: unknown): LoginVariant {
  const members = { email: 'ada@example.com', email_verified: value }
  return alsoByUserinfo(
    claims(id, title, 'accepted', () => members, { emailVerified }),
    members,
  )
}

/** `key: undefined` of a payload is left out of the token. */
const without = (name: string): JWTPayload => ({ [name]: undefined })

const withSlashToggled = (issuer: string): string =>
  issuer.endsWith('/') ? issuer.slice(0, -1) : `${issuer}/`

/** Without the scheme, or with one where the issuer is a bare name. */
const withSchemeToggled = (issuer: string): string =>
  /^https?:\/\//.test(issuer) ? issuer.replace(/^https?:\/\//, '') : `https://${issuer}`

function otherTenant(issuer: string): string {
  if (!URL.canParse(issuer)) return `other.${issuer}`
  const url = new URL(issuer)
  return url.pathname === '/'
    ? issuer.replace(url.host, `other.${url.host}`)
    : issuer.replace(url.host, `other-${url.host}`)
}

/** Seconds by which the clocks may differ in the variants named `…-within-tolerance`, and by which they differ too much. */
const withinTolerance = 30
const beyondTolerance = 600

/** OpenID Connect Core §2: a subject has at most 255 characters. */
const longestSubject = 'a'.repeat(255)

/** Claims that a relying party must check (OpenID Connect Core §3.1.3.7), each next to what it must accept. */
export const idTokenVariants: readonly LoginVariant[] = [
  accepted('plain', 'nothing is wrong', () => ({})),

  refused('issuer-slash', 'iss has a slash added or removed', (_, idp) => ({
    iss: withSlashToggled(idp.issuer),
  })),
  refused('issuer-scheme', 'iss has its scheme removed or one added', (_, idp) => ({
    iss: withSchemeToggled(idp.issuer),
  })),
  refused('issuer-other-tenant', 'iss is another tenant', (_, idp) => ({ iss: otherTenant(idp.issuer) })),
  refused('issuer-upper-case', 'iss is spelled in upper case', (_, idp) => ({
    iss: idp.issuer.toUpperCase(),
  })),
  refused('issuer-missing', 'iss is missing', () => without('iss')),

  refused('audience-other', 'aud is another client', () => ({ aud: 'another-client' })),
  refused('audience-missing', 'aud is missing', () => without('aud')),
  refused('audience-prefix', 'aud only begins with the client id', (_, __, client) => ({
    aud: `${client.clientId}-2`,
  })),
  refused('audience-many-without-azp', 'aud has two members and azp is missing', (_, __, client) => ({
    aud: [client.clientId, 'another-client'],
    azp: undefined,
  })),
  accepted('audience-many-with-azp', 'aud has two members and azp is the client', (_, __, client) => ({
    aud: [client.clientId, 'another-client'],
    azp: client.clientId,
  })),
  accepted('audience-array', 'aud is an array of one', (_, __, client) => ({ aud: [client.clientId] })),
  refused('azp-other', 'azp is another client', () => ({ azp: 'another-client' })),
  accepted('azp-same', 'azp is the client', (_, __, client) => ({ azp: client.clientId })),

  badNonce('nonce-other', 'nonce is another one', () => ({ nonce: 'another-nonce' })),
  badNonce('nonce-missing', 'nonce is missing', () => without('nonce')),

  refused('expired', 'the token has expired', ({ iat = 0 }) => ({ exp: iat - beyondTolerance })),
  accepted('expired-within-tolerance', 'the token expired within the tolerance', ({ iat = 0 }) => ({
    exp: iat - withinTolerance,
  })),
  refused('expiry-missing', 'exp is missing', () => without('exp')),
  refused('issued-in-future', 'iat lies in the future', ({ iat = 0 }) => ({ iat: iat + beyondTolerance })),
  accepted(
    'issued-in-future-within-tolerance',
    'iat lies in the future within the tolerance',
    ({ iat = 0 }) => ({
      iat: iat + withinTolerance,
    }),
  ),
  refused('issued-missing', 'iat is missing', () => without('iat')),
  refused('not-yet-valid', 'nbf lies in the future', ({ iat = 0 }) => ({ nbf: iat + beyondTolerance })),

  refused('subject-missing', 'sub is missing', () => without('sub')),
  refused('subject-empty', 'sub is empty', () => ({ sub: '' })),
  refused('subject-too-long', 'sub has 256 characters', () => ({ sub: 'a'.repeat(256) })),
  alsoByUserinfo(
    accepted('subject-longest', 'sub has 255 characters', () => ({ sub: longestSubject })),
    { sub: longestSubject },
  ),
  refused('subject-number', 'sub is a number', () => ({ sub: 42 as unknown as string })),

  refused('access-token-hash-other', 'at_hash belongs to another access token', () => ({
    at_hash: 'AAAAAAAAAAAAAAAAAAAAAA',
  })),
  accepted('access-token-hash-missing', 'at_hash is missing', () => without('at_hash')),

  verified('email-verified-true', 'email_verified is true', true, true),
  verified('email-verified-string', 'email_verified is the string "true"', true, 'true'),
  verified('email-verified-false', 'email_verified is false', false, false),
  verified('email-verified-string-false', 'email_verified is the string "false"', false, 'false'),
  verified('email-verified-number', 'email_verified is 1', false, 1),
  verified('email-verified-missing', 'email_verified is missing', false, undefined),
]
