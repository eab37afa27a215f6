import { describeProvider } from '@portico/testkit'

import { pocketId } from '../src/index.ts'

describeProvider(pocketId, {
  options: {
    pocketIdUrl: 'https://id.example.com',
    clientId: '2f8e1c5a-7d61-4a0f-9a5e-3b8f2c1d0e9f',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      { pocketIdUrl: 'https://id.example.com' },
      {
        'oidc.issuer': 'https://id.example.com',
        'oidc.jwksUrl': 'https://id.example.com/.well-known/jwks.json',
        'oidc.userinfoUrl': 'https://id.example.com/api/oidc/userinfo',
        'oidc.endSessionUrl': 'https://id.example.com/api/oidc/end-session',
        'browserLogin.url': 'https://id.example.com/authorize',
        'browserLogin.tokenUrl': 'https://id.example.com/api/oidc/token',
        'browserLogin.responseIss': 'required',
        'browserLogin.prompts': ['none', 'login', 'consent'],
        scope: 'openid profile email groups',
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { pocketIdUrl: 'https://id.example.com/settings/admin/oidc-clients' },
      'pocketIdUrl must be the bare origin: remove "/settings/admin/oidc-clients". Use "https://id.example.com".',
    ],
    [
      { pocketIdUrl: 'https://id.example.com/' },
      'pocketIdUrl must be the bare origin: remove the trailing "/". Use "https://id.example.com".',
    ],
    [
      { pocketIdUrl: 'http://pocket-id:1411' },
      'pocketIdUrl must be the bare origin: replace "http://" by "https://". Use "https://pocket-id:1411".',
    ],
  ],
  accepts: [{ pocketIdUrl: 'https://id.example.com:8443' }],
  identifies: [
    {
      claims: {
        sub: 'f2b3c1a0',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        groups: ['staff'],
      },
      identity: {
        subject: 'f2b3c1a0',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        groups: ['staff'],
      },
    },
  ],
  explains: { invalid_redirect_uri: 'Callback URLs' },
})
