import { describeProvider } from '@portico/testkit'

import { authelia } from '../src/index.ts'

describeProvider(authelia, {
  options: {
    autheliaUrl: 'https://auth.example.com',
    clientId: 'portico',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      { autheliaUrl: 'https://auth.example.com' },
      {
        'oidc.issuer': 'https://auth.example.com',
        'oidc.jwksUrl': 'https://auth.example.com/jwks.json',
        'oidc.userinfoUrl': 'https://auth.example.com/api/oidc/userinfo',
        'oidc.endSessionUrl': undefined,
        'browserLogin.url': 'https://auth.example.com/api/oidc/authorization',
        'browserLogin.tokenUrl': 'https://auth.example.com/api/oidc/token',
        'clientAuthentication.methods.0': 'client_secret_basic',
        userinfo: 'always',
        scope: 'openid profile email groups',
      },
    ],
    [
      { autheliaUrl: 'https://example.com/authelia' },
      {
        'oidc.issuer': 'https://example.com/authelia',
        'oidc.jwksUrl': 'https://example.com/authelia/jwks.json',
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { autheliaUrl: 'https://auth.example.com/api/oidc/authorization' },
      'autheliaUrl is an endpoint, not the address of Authelia. Use "https://auth.example.com".',
    ],
    [
      { autheliaUrl: 'https://example.com/authelia/jwks.json' },
      'autheliaUrl is an endpoint, not the address of Authelia. Use "https://example.com/authelia".',
    ],
    [
      { autheliaUrl: 'https://auth.example.com/' },
      'autheliaUrl must be a base URL: remove the trailing "/". Use "https://auth.example.com".',
    ],
  ],
  accepts: [{ autheliaUrl: 'https://example.com/authelia' }, { scope: 'openid profile' }],
  identifies: [
    {
      claims: {
        sub: 'f2b3c1a0',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        groups: ['admins'],
      },
      identity: {
        subject: 'f2b3c1a0',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        groups: ['admins'],
      },
    },
  ],
  explains: {
    invalid_client: 'token_endpoint_auth_method',
    "The 'redirect_uri' parameter does not match.": 'redirect_uris',
  },
})
