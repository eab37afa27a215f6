import { describeProvider } from '@portico/testkit'

import { cognito } from '../src/index.ts'

const pool = { awsRegion: 'eu-west-1', userPoolId: 'eu-west-1_ZLiEFD4b6' }

describeProvider(cognito, {
  options: {
    ...pool,
    userPoolDomain: 'guides.auth.eu-west-1.amazoncognito.com',
    clientId: '7lhlkkfbfb4q5kpp90urffao',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
    issuerType: 'updated',
    identityProvider: 'Google',
    idpIdentifier: 'acme',
  },
  derives: [
    [
      { ...pool, userPoolDomain: 'guides.auth.eu-west-1.amazoncognito.com' },
      {
        'oidc.issuer': 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ZLiEFD4b6',
        'oidc.jwksUrl':
          'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ZLiEFD4b6/.well-known/jwks.json',
        'oidc.userinfoUrl': 'https://guides.auth.eu-west-1.amazoncognito.com/oauth2/userInfo',
        'oidc.requiredClaims': { token_use: 'id' },
        'browserLogin.url': 'https://guides.auth.eu-west-1.amazoncognito.com/oauth2/authorize',
        'browserLogin.tokenUrl': 'https://guides.auth.eu-west-1.amazoncognito.com/oauth2/token',
        'logout.url': 'https://guides.auth.eu-west-1.amazoncognito.com/logout',
        offlineAccess: null,
        'hints.0.remedy': 'The user pool uses the updated issuer type: set issuerType to "updated".',
        'hints.0.value': 'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ZLiEFD4b6',
      },
    ],
    [
      { ...pool, userPoolDomain: 'auth.example.com' },
      {
        'oidc.issuer': 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ZLiEFD4b6',
        'browserLogin.url': 'https://auth.example.com/oauth2/authorize',
      },
    ],
    [
      {
        ...pool,
        userPoolDomain: 'auth.example.com',
        issuerType: 'updated',
        identityProvider: 'Google',
        idpIdentifier: 'acme',
      },
      {
        'oidc.issuer': 'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ZLiEFD4b6',
        'oidc.jwksUrl':
          'https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_ZLiEFD4b6/.well-known/jwks.json',
        'browserLogin.url': 'https://auth.example.com/oauth2/authorize',
        'browserLogin.parameters': { identity_provider: 'Google', idp_identifier: 'acme' },
      },
    ],
    [
      {
        awsRegion: 'us-gov-west-1',
        userPoolId: 'us-gov-west-1_ZLiEFD4b6',
        userPoolDomain: 'acme.auth-fips.us-gov-west-1.amazoncognito.com',
      },
      { 'oidc.issuer': 'https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_ZLiEFD4b6' },
    ],
    [
      // aws-jwt-verify 5.2.0 has the issuer, the Public Suffix List the domain.
      {
        awsRegion: 'eusc-de-east-1',
        userPoolId: 'eusc-de-east-1_ZLiEFD4b6',
        userPoolDomain: 'acme.auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu',
      },
      {
        'oidc.issuer': 'https://cognito-idp.eusc-de-east-1.amazonaws.com/eusc-de-east-1_ZLiEFD4b6',
        'browserLogin.url':
          'https://acme.auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu/oauth2/authorize',
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { userPoolId: 'my-pool' },
      'userPoolId must be a user pool id such as "eu-west-1_ZLiEFD4b6". Copy "User pool ID" from the overview of the pool.',
    ],
    [
      { userPoolDomain: 'guides.auth.us-east-1.amazoncognito.com' },
      'userPoolDomain is not a Cognito domain in eu-west-1. It ends in ".auth.eu-west-1.amazoncognito.com".',
    ],
    [
      { scope: 'openid email offline_access' },
      'scope names "offline_access", which this provider does not know. Use "openid email".',
    ],
    [
      { awsRegion: 'us-east-1', userPoolId: 'us-east-1_ZLiEFD4b6', userPoolDomain: 'my-pool' },
      'userPoolDomain must be the whole host name, not only the prefix. For a Cognito domain in us-east-1 that is "my-pool.auth.us-east-1.amazoncognito.com".',
    ],
    [
      { awsRegion: 'us-gov-west-1', userPoolId: 'us-gov-west-1_ZLiEFD4b6', userPoolDomain: 'my-pool' },
      'userPoolDomain must be the whole host name, not only the prefix. For a Cognito domain in us-gov-west-1 that is "my-pool.auth-fips.us-gov-west-1.amazoncognito.com".',
    ],
    [
      { awsRegion: 'eusc-de-east-1', userPoolId: 'eusc-de-east-1_ZLiEFD4b6' },
      'userPoolDomain is not a Cognito domain in eusc-de-east-1. It ends in ".auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu".',
    ],
    [
      { awsRegion: 'cn-north-1' },
      'awsRegion is in China, where Amazon Cognito has no user pools. Use the first part of the user pool id, e.g. "eu-west-1".',
    ],
    [
      { userPoolDomain: 'https://guides.auth.eu-west-1.amazoncognito.com' },
      'userPoolDomain must be a bare host name: remove "https://". Use "guides.auth.eu-west-1.amazoncognito.com".',
    ],
    [
      { userPoolDomain: 'cognito-idp.eu-west-1.amazonaws.com' },
      'userPoolDomain is the host of the issuer, where nobody can sign in. Copy the domain from Branding → Domain of the pool.',
    ],
    [
      { userPoolDomain: 'guides.auth.us-east-1.amazoncognito.com' },
      'userPoolDomain is not a Cognito domain in eu-west-1. It ends in ".auth.eu-west-1.amazoncognito.com".',
    ],
    [
      { userPoolId: 'eu-west-1:2e5e3b2a-7d61-4a0f-9a5e-3b8f2c1d0e9f' },
      'userPoolId is an identity pool id. Copy the user pool id, which has "_" after the region.',
    ],
    [
      { userPoolId: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_ZLiEFD4b6' },
      'userPoolId is an ARN. Use "eu-west-1_ZLiEFD4b6".',
    ],
    [
      { awsRegion: 'us-east-1', userPoolDomain: 'auth.example.com' },
      'awsRegion is not the region of the user pool. Use "eu-west-1".',
    ],
    [
      { awsRegion: 'Ireland' },
      'awsRegion must be an AWS region. Use the first part of the user pool id, e.g. "eu-west-1".',
    ],
    [
      { clientSecret: undefined },
      'clientSecret is missing. Set the client secret of the application, best from the environment. A single-page or native application has none: create one for a web server.',
    ],
    [{ issuerType: 'new' }, 'issuerType must be one of "original", "updated".'],
  ],
  accepts: [
    { userPoolDomain: 'auth.example.com' },
    {
      awsRegion: 'us-east-1',
      userPoolId: 'us-east-1_ZLiEFD4b6',
      userPoolDomain: 'my-pool.auth.us-east-1.amazoncognito.com',
    },
  ],
  identifies: [
    {
      claims: {
        sub: '92f5a4c4-0051-70d7-2e3e-7f9a1b2c3d4e',
        'cognito:username': 'ada',
        'cognito:groups': ['staff'],
        email: 'ada@example.com',
        email_verified: 'true',
      },
      identity: {
        subject: '92f5a4c4-0051-70d7-2e3e-7f9a1b2c3d4e',
        name: 'ada',
        email: { address: 'ada@example.com', verified: true },
        groups: ['staff'],
      },
    },
  ],
  explains: { redirect_mismatch: 'Allowed callback URLs', unauthorized_client: 'authorization code grant' },
})
