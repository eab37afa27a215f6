import {
  bareHost,
  defineProvider,
  hostLabel,
  shapedText,
  standardClaims,
  standardIdentity,
  text,
} from '@portico/provider'
import { z } from 'zod'

/** Also in GovCloud (`us-gov-west-1`) and in the European Sovereign Cloud (`eusc-de-east-1`). */
const region = String.raw`(?:[a-z]{2}(?:-gov)?|eusc-[a-z]{2})-[a-z]+-\d`

/**
 * Sign in with an Amazon Cognito user pool: tokens come from the pool's issuer, users sign in at the pool's domain
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html).
 */
export const cognito = defineProvider({
  id: 'cognito',
  name: 'Amazon Cognito',
  options: {
    awsRegion: shapedText(
      'Region of the user pool, e.g. `eu-west-1`.',
      new RegExp(`^${region}$`),
      {
        problem: 'must be an AWS region',
        remedy: 'Use the first part of the user pool id, e.g. "eu-west-1".',
      },
      [
        {
          when: /^cn-/,
          problem: 'is in China, where Amazon Cognito has no user pools',
          remedy: 'Use the first part of the user pool id, e.g. "eu-west-1".',
        },
      ],
    ),
    userPoolId: shapedText(
      'User pool id, e.g. `eu-west-1_ZLiEFD4b6`.',
      new RegExp(`^${region}_[A-Za-z0-9]+$`),
      {
        problem: 'must be a user pool id such as "eu-west-1_ZLiEFD4b6"',
        remedy: 'Copy "User pool ID" from the overview of the pool.',
      },
      [
        {
          when: new RegExp(`^${region}:[\\da-f-]{36}$`),
          problem: 'is an identity pool id',
          remedy: 'Copy the user pool id, which has "_" after the region.',
        },
        {
          when: /^arn:.*:userpool\/(?<pool>[\w-]+)$/,
          problem: 'is an ARN',
          remedy: 'Use "$<pool>".',
        },
      ],
    ),
    userPoolDomain: z
      .union([
        bareHost('Host name.', [
          {
            when: /^(?:https?:\/\/)?(?:issuer-)?cognito-idp[.-]/,
            problem: 'is the host of the issuer, where nobody can sign in',
            remedy: 'Copy the domain from Branding → Domain of the pool.',
          },
        ]),
        hostLabel('Prefix.'),
      ])
      .meta({
        description: 'Host name of the sign-in pages, e.g. `my-pool.auth.eu-west-1.amazoncognito.com`.',
      }),
    issuerType: z
      .enum(['original', 'updated'])
      .optional()
      .meta({ description: 'Issuer configuration of the pool; default `original`.' }),
    identityProvider: text('Name of the identity provider to sign in with.').optional(),
    idpIdentifier: text('Identifier of the identity provider to sign in with.').optional(),
  },
  derive: (
    { awsRegion, userPoolId, userPoolDomain, issuerType = 'original', identityProvider, idpIdentifier },
    report,
  ) => {
    const ofPool = userPoolId.split('_')[0] ?? ''
    if (ofPool !== awsRegion) report('awsRegion', 'is not the region of the user pool', `Use "${ofPool}".`)
    const zone = zoneOf(awsRegion)
    if (!userPoolDomain.includes('.')) {
      report(
        'userPoolDomain',
        'must be the whole host name, not only the prefix',
        `For a Cognito domain in ${awsRegion} that is "${userPoolDomain}.${zone}".`,
      )
    } else if (isPrefixDomain(userPoolDomain) && !isDomainIn(userPoolDomain, zone)) {
      report('userPoolDomain', `is not a Cognito domain in ${awsRegion}`, `It ends in ".${zone}".`)
    }
    const origin = `https://${userPoolDomain}`
    const classic = `https://cognito-idp.${awsRegion}.amazonaws.com/${userPoolId}`
    // Pools with the updated issuer type mint other tokens (API_IssuerConfigurationType).
    const updated = `https://issuer-cognito-idp.${awsRegion}.amazonaws.com/${userPoolId}`
    const issuer = issuerType === 'updated' ? updated : classic
    return {
      oidc: {
        issuer,
        jwksUrl: `${issuer}/.well-known/jwks.json`,
        requiredClaims: { token_use: 'id' }, // Access tokens have the same issuer and keys.
        userinfoUrl: `${origin}/oauth2/userInfo`,
        revocationUrl: `${origin}/oauth2/revoke`,
      },
      browserLogin: {
        url: `${origin}/oauth2/authorize`,
        tokenUrl: `${origin}/oauth2/token`,
        parameters: {
          ...(identityProvider && { identity_provider: identityProvider }),
          ...(idpIdentifier && { idp_identifier: idpIdentifier }),
        },
      },
      clientAuthentication: { methods: ['client_secret_post', 'client_secret_basic'] },
      offlineAccess: null, // The code grant always returns a refresh token; the scope is refused.
      logout: { url: `${origin}/logout`, clientIdParameter: 'client_id', redirectParameter: 'logout_uri' },
      hints: [
        issuerType === 'updated'
          ? {
              member: 'iss',
              value: classic,
              remedy: 'The user pool uses the original issuer type: set issuerType to "original".',
            }
          : {
              member: 'iss',
              value: updated,
              remedy: 'The user pool uses the updated issuer type: set issuerType to "updated".',
            },
      ],
    }
  },
  claims: standardClaims.extend({
    'cognito:username': z.string().nullish(),
    'cognito:groups': z.array(z.string()).nullish(),
  }),
  identify: (claims) => {
    const identity = standardIdentity(claims)
    return {
      ...identity,
      name: identity.name ?? claims['cognito:username'] ?? undefined,
      groups: claims['cognito:groups'] ?? undefined,
    }
  },
  explain: {
    redirect_mismatch: 'Add the callback address to "Allowed callback URLs" of the app client.',
    unauthorized_client: 'Allow the authorization code grant, and the scopes asked for, in the app client.',
  },
})

/** Where the domains lie that Cognito itself gives out; in GovCloud they are FIPS endpoints (govcloud-us, govcloud-cog). */
function zoneOf(awsRegion: string): string {
  if (awsRegion.startsWith('eusc-')) return `auth.cognito-idp.${awsRegion}.on.amazonwebservices.eu`
  return `${awsRegion.includes('-gov-') ? 'auth-fips' : 'auth'}.${awsRegion}.amazoncognito.com`
}

const isPrefixDomain = (domain: string): boolean =>
  domain.endsWith('.amazoncognito.com') || domain.endsWith('.on.amazonwebservices.eu')

/** FIPS endpoints exist beside the usual ones in other regions, too. */
function isDomainIn(domain: string, zone: string): boolean {
  const [, ...rest] = domain.replace('.auth-fips.', '.auth.').split('.')
  return rest.join('.') === zone.replace(/^auth-fips\./, 'auth.')
}
