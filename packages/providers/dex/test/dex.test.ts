import { describeProvider } from '@portico/testkit'

import { dex } from '../src/index.ts'

describeProvider(dex, {
  options: {
    dexIssuer: 'https://dex.example.com/dex',
    connectorId: 'ldap',
    clientId: 'portico',
    clientSecret: 'p0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      { dexIssuer: 'https://dex.example.com/dex' },
      {
        'oidc.algorithms': ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'],
        'oidc.issuer': 'https://dex.example.com/dex',
        'oidc.jwksUrl': 'https://dex.example.com/dex/keys',
        'oidc.userinfoUrl': 'https://dex.example.com/dex/userinfo',
        'browserLogin.url': 'https://dex.example.com/dex/auth',
        'browserLogin.tokenUrl': 'https://dex.example.com/dex/token',
        'browserLogin.parameters': undefined,
        'clientAuthentication.methods.0': 'client_secret_basic',
        scope: 'openid profile email groups',
        logout: null,
      },
    ],
    [
      { dexIssuer: 'http://127.0.0.1:5556/dex', connectorId: 'ldap' },
      { 'oidc.issuer': 'http://127.0.0.1:5556/dex', 'browserLogin.parameters': { connector_id: 'ldap' } },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { dexIssuer: 'https://dex.example.com/dex/auth' },
      'dexIssuer is the address of an endpoint, not the issuer. Use "https://dex.example.com/dex".',
    ],
    [
      { dexIssuer: 'https://dex.example.com/dex/.well-known/openid-configuration' },
      'dexIssuer is the address of an endpoint, not the issuer. Use "https://dex.example.com/dex".',
    ],
    [
      { dexIssuer: 'https://dex.example.com/dex/' },
      'dexIssuer must be a base URL: remove the trailing "/". Use "https://dex.example.com/dex".',
    ],
    [
      { dexIssuer: 'http://127.0.0.1:5556/dex' },
      'dexIssuer uses http on loopback, which is for development only. Use https, or keep the gateway on this machine too: without an https public URL, in code with development: true.',
    ],
  ],
  accepts: [{ dexIssuer: 'https://dex.example.com' }, { connectorId: undefined }],
  identifies: [
    {
      claims: {
        sub: 'CgNhZGESBGxkYXA',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        groups: ['staff'],
      },
      identity: {
        subject: 'CgNhZGESBGxkYXA',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        groups: ['staff'],
      },
    },
  ],
  explains: {
    'Unregistered redirect_uri ("https://a.example/oauth/callback").': 'redirectURIs',
    invalid_client: 'static client',
  },
})
