import { describeProvider } from '@portico/testkit'

import { authentik } from '../src/index.ts'

describeProvider(authentik, {
  options: {
    authentikUrl: 'https://auth.example.com',
    applicationSlug: 'portico',
    issuerMode: 'per_provider',
    clientId: 'k3y5e9v1q8z2b7n4m6x0ck3y5e9v1q8z2b7n4m6x',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      { authentikUrl: 'https://auth.example.com', applicationSlug: 'portico' },
      {
        'oidc.issuer': 'https://auth.example.com/application/o/portico/',
        'oidc.jwksUrl': 'https://auth.example.com/application/o/portico/jwks/',
        'oidc.userinfoUrl': 'https://auth.example.com/application/o/userinfo/',
        'oidc.endSessionUrl': 'https://auth.example.com/application/o/portico/end-session/',
        'browserLogin.url': 'https://auth.example.com/application/o/authorize/',
        'browserLogin.tokenUrl': 'https://auth.example.com/application/o/token/',
        'hints.1.remedy': 'All providers have the same issuer: set issuerMode to "global".',
        'hints.1.value': 'https://auth.example.com/',
        'hints.2.remedy': 'Remove the Encryption Key from the settings of the provider.',
        warnings: undefined,
      },
    ],
    [
      { authentikUrl: 'https://example.com/sso', applicationSlug: 'portico', issuerMode: 'global' },
      {
        'oidc.issuer': 'https://example.com/sso/',
        'oidc.jwksUrl': 'https://example.com/sso/application/o/portico/jwks/',
        'hints.1.value': 'https://example.com/sso/application/o/portico/',
      },
    ],
    [
      {
        authentikUrl: 'https://auth.example.com',
        applicationSlug: 'portico',
        signIn: { requireVerifiedEmail: true },
      },
      {
        warnings: [
          'authentik says of no address that it is verified unless a scope mapping does (since 2025.10): nobody could sign in.',
        ],
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { authentikUrl: 'https://auth.example.com/application/o/portico/' },
      'authentikUrl contains the application, which has an option of its own. Set it to "https://auth.example.com" and applicationSlug to "portico".',
    ],
    [
      { authentikUrl: 'https://auth.example.com/if/admin/#/core/applications' },
      'authentikUrl is a page of the server, not its address. Use "https://auth.example.com".',
    ],
    [
      { authentikUrl: 'https://auth.example.com/' },
      'authentikUrl must be a base URL: remove the trailing "/". Use "https://auth.example.com".',
    ],
    [
      { applicationSlug: 'token' },
      'applicationSlug is the name of an endpoint, which no application can have. Copy "Slug" from the settings of the application.',
    ],
    [
      { applicationSlug: 'My Portico' },
      'applicationSlug looks like the name of the application. Copy "Slug" from the settings of the application: it has no spaces.',
    ],
    [
      { applicationSlug: 'a/b' },
      'applicationSlug contains "/": it is one segment of a path. Give only the name, not encoded.',
    ],
    [{ issuerMode: 'same' }, 'issuerMode must be one of "per_provider", "global".'],
  ],
  accepts: [
    { applicationSlug: 'tokens' },
    { applicationSlug: 'Portico_2' },
    { authentikUrl: 'https://example.com/sso' },
  ],
  identifies: [
    {
      claims: {
        sub: 'a1b2',
        preferred_username: 'ada',
        email: 'ada@example.com',
        email_verified: false,
        groups: ['staff'],
      },
      identity: {
        subject: 'a1b2',
        name: 'ada',
        email: { address: 'ada@example.com', verified: false },
        groups: ['staff'],
      },
    },
  ],
  explains: {
    'The request fails due to a missing, invalid, or mismatching redirection URI (redirect_uri).':
      'Redirect URIs/Origins',
  },
})
