import { z } from 'zod'

import { asymmetricAlgorithms } from './asymmetric-algorithms.ts'
import type { ProviderKind } from './contract.ts'
import { clientId, clientSecret, privateKeyPem } from './validators/credentials.ts'
import { bareHost } from './validators/host.ts'
import { pkce } from './validators/pkce.ts'
import { refuse, type Refusal } from './validators/refusal.ts'
import { scope } from './validators/scope.ts'
import { shapedText, text } from './validators/text.ts'
import { endpointUrl, issuerUrl } from './validators/url.ts'

const asymmetric = new RegExp(`^(?:${asymmetricAlgorithms.join('|')})$`)

const algorithm = shapedText('Signature algorithm, e.g. `ES384`.', asymmetric, {
  problem: 'must be an asymmetric signature algorithm such as "RS256" or "ES384"',
  remedy:
    'With "none" and HS* whoever knows the client secret, or nobody, signs: set a signing key at the provider.',
})

/** Parameters of the protocol: setting them could undo what protects the login. */
const protocolParameters = new Set(
  (
    'client_id client_secret client_assertion client_assertion_type code code_challenge code_challenge_method code_verifier ' +
    'grant_type id_token_hint nonce redirect_uri registration request request_uri response_mode response_type scope state'
  ).split(' '),
)

const trustedIssuer = z
  .strictObject({
    issuer: issuerUrl('Exact issuer of the assertions.').optional(),
    jwksUrl: endpointUrl('Keys of that issuer.').optional(),
    expectedClientIds: z
      .array(text('Client id.'))
      .optional()
      .meta({ description: 'Clients accepted from this issuer.' }),
    subjectMapping: z
      .enum(['iss_prefix', 'iss_tenant_prefix', 'sub_id_only'])
      .optional()
      .meta({ description: 'How the subject of the assertion becomes ours; default `iss_prefix`.' }),
  })
  .check(refuse(trustedIssuerRefusal))

/** Options that every provider understands, with the reference's names where it has them. */
export function commonOptions(kind: ProviderKind) {
  const wholeNumber = (description: string, minimum: number) =>
    z.int().min(minimum).optional().meta({ description })
  return {
    clientId: clientId().optional(),
    clientSecret: clientSecret().optional(),
    scope: scope('Scopes to ask for, separated by spaces.', { openid: kind === 'oidc' }).optional(),
    displayName: text('Name shown to users; default the name of the provider.').optional(),
    providerId: shapedText(
      'Distinguishes several providers of the same type; part of the callback path then.',
      /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
      { problem: 'must consist of lower-case letters, digits and "-"' },
    ).optional(),
    tokenEndpointAuthMethod: z
      .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])
      .optional()
      .meta({
        description:
          'How Portico authenticates at the token endpoint; must be what the application is set to.',
      }),
    privateKey: z
      .strictObject({
        privateKeyPem: privateKeyPem('Private key in PEM (PKCS#8).'),
        algorithm,
        keyId: text('Key id, when the provider asks for one.').optional(),
      })
      .optional()
      .meta({ description: 'Key for `private_key_jwt`, instead of a client secret.' }),
    gateway: z
      .strictObject({
        accessTokenTtlSeconds: wholeNumber('Life of the access tokens Portico issues; default 900.', 1),
        refreshTokenTtlSeconds: wholeNumber(
          'Life of the refresh tokens Portico issues; default 31536000, a year.',
          1,
        ),
        cimdEnabled: z
          .boolean()
          .optional()
          .meta({ description: 'Whether clients may register by a metadata document.' }),
      })
      .optional()
      .meta({ description: 'Tokens that Portico issues after a login with this provider.' }),
    browserLoginOverrides: z
      .strictObject({
        remoteTimeoutMs: wholeNumber('Milliseconds for a request to the provider; default 10000.', 1),
        stateTtlSeconds: wholeNumber(
          'How long a login may take; default 900. Its `state` at the provider lives 600 of it at most.',
          1,
        ),
        sessionTtlSeconds: wholeNumber('How long a browser stays signed in; default 28800.', 1),
        pkce: pkce(),
      })
      .optional()
      .meta({ description: 'Times and details of the login.' }),
    extraAuthorizationParams: z
      .record(z.string().check(refuse(parameterRefusal)), text('Value of the parameter.'))
      .optional()
      .meta({
        description:
          'Further parameters of the authorization request; those of the protocol itself are refused.',
      }),
    idTokenSigningAlgs: z.array(algorithm).min(1).optional().meta({
      description: 'Signature algorithms to accept, instead of those the provider uses by default.',
    }),
    clockToleranceSeconds: z
      .int()
      .min(0)
      .max(300)
      .optional()
      .meta({ description: 'Tolerated difference of the clocks; default 60.' }),
    useUserinfo: z.enum(['never', 'whenMissing', 'always']).optional().meta({
      description:
        'When to ask the userinfo endpoint; `whenMissing`: when the ID token has no e-mail address.',
    }),
    groupClaim: text(
      'Claim that holds the groups, where it is not the one the package reads: its name (`https://acme.example/groups`), or the path to it (`realm_access.groups`).',
    ).optional(),
    roleClaim: text('Claim that holds the roles, in the same way: e.g. `realm_access.roles`.').optional(),
    verifyDiscovery: z.boolean().optional().meta({
      description:
        'Compare the derived endpoints with the discovery document when the configuration is read, and refuse to start where they differ.',
    }),
    allowedIdTokenClaims: z
      .record(text('Name of the claim.'), z.union([text('Value.'), z.array(text('Value.')).min(1)]))
      .optional()
      .meta({
        description: 'Claims that must have the given value, or one of several, for a user to sign in.',
      }),
    signIn: z
      .strictObject({
        allowedDomains: z
          .array(bareHost('E-mail domain.'))
          .min(1)
          .optional()
          .meta({ description: 'E-mail domains; the address must be verified.' }),
        allowedGroups: z
          .array(text('Group.'))
          .min(1)
          .optional()
          .meta({ description: 'Groups, as the provider names them; being in one is enough.' }),
        requireVerifiedEmail: z
          .boolean()
          .optional()
          .meta({ description: 'Whether the address must be verified.' }),
        emailDomains: z
          .array(bareHost('E-mail domain.'))
          .min(1)
          .optional()
          .meta({ description: 'E-mail domains whose users the chooser sends here.' }),
      })
      .optional()
      .meta({ description: 'Who of the users of the provider may sign in.' }),
    idJag: z
      .strictObject({
        enabled: z.boolean().meta({ description: 'Whether assertions are accepted.' }),
        trustedIssuers: z
          .array(trustedIssuer)
          .min(1)
          .optional()
          .meta({ description: 'Which clients may present assertions of the login provider.' }),
        authorizationDetailsTypesAllowed: z.array(text('Type (RFC 9396).')).optional().meta({
          description: 'Empty, or left out: assertions with authorization details (RFC 9396) are refused.',
        }),
      })
      .optional()
      .meta({ description: 'Assertions (ID-JAG) that the token endpoint accepts in place of a login.' }),
  }
}

function parameterRefusal(name: string): Refusal | undefined {
  if (protocolParameters.has(name)) {
    return { problem: 'belongs to the protocol and is set by Portico', remedy: 'Remove it.' }
  }
  return /^[\w.:-]+$/.test(name) ? undefined : { problem: 'is not the name of a parameter' }
}

function trustedIssuerRefusal(issuer: {
  readonly issuer?: string | undefined
  readonly jwksUrl?: string | undefined
}) {
  if ((issuer.issuer === undefined) === (issuer.jwksUrl === undefined)) return undefined
  return {
    problem: 'needs "issuer" and "jwksUrl" together, or neither',
    remedy: 'Without both it is the login provider itself.',
  }
}

/** Values of the common options after validation. */
export type CommonValues = z.output<z.ZodObject<ReturnType<typeof commonOptions>>>
