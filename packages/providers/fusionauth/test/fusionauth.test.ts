import { describeProvider } from '@portico/testkit'

import { fusionauth } from '../src/index.ts'

describeProvider(fusionauth, {
  options: {
    fusionAuthUrl: 'https://auth.example.com',
    issuer: 'acme.com',
    tenantId: '30663132-6464-6665-3032-326466613934',
    clientId: '3c219e58-ed0e-4b18-ad48-f4f92793ae32',
    clientSecret: 'p0Zr3vQ8mKxT2wLs-p0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      { fusionAuthUrl: 'https://auth.example.com', issuer: 'acme.com' },
      {
        'oidc.algorithms': ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
        'oidc.issuer': 'acme.com',
        'oidc.requiredClaims': undefined,
        'oidc.jwksUrl': 'https://auth.example.com/.well-known/jwks.json',
        'oidc.userinfoUrl': 'https://auth.example.com/oauth2/userinfo',
        'oidc.endSessionUrl': 'https://auth.example.com/oauth2/logout',
        'oidc.discoveryUrl': 'https://auth.example.com/.well-known/openid-configuration',
        'browserLogin.url': 'https://auth.example.com/oauth2/authorize',
        'browserLogin.tokenUrl': 'https://auth.example.com/oauth2/token',
        warnings: [
          'The issuer is still the default "acme.com": set one of your own in the settings of the tenant.',
        ],
      },
    ],
    [
      {
        fusionAuthUrl: 'https://auth.example.com',
        issuer: 'https://auth.example.com',
        tenantId: '30663132-6464-6665-3032-326466613934',
      },
      {
        'oidc.issuer': 'https://auth.example.com',
        'oidc.discoveryUrl':
          'https://auth.example.com/.well-known/openid-configuration?tenantId=30663132-6464-6665-3032-326466613934',
        'oidc.requiredClaims': { tid: '30663132-6464-6665-3032-326466613934' },
        'browserLogin.parameters': { tenantId: '30663132-6464-6665-3032-326466613934' },
        warnings: undefined,
      },
    ],
  ],
  refuses: [
    [
      { fusionAuthUrl: 'https://auth.example.com/admin/application/' },
      'fusionAuthUrl is a page of the server, not its address. Use "https://auth.example.com".',
    ],
    [
      { fusionAuthUrl: 'https://auth.example.com/' },
      'fusionAuthUrl must be a base URL: remove the trailing "/". Use "https://auth.example.com".',
    ],
    [
      { issuer: undefined },
      'issuer is missing. Set it: Issuer in the settings of the tenant: any text, not necessarily a URL. `acme.com` unless it was changed.',
    ],
    [
      { tenantId: 'default' },
      'tenantId must be a GUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx. Expected: Only users of this tenant may sign in: its id, where there are several.',
    ],
  ],
  accepts: [{ issuer: 'My Company' }, { tenantId: undefined }],
  identifies: [
    {
      claims: {
        sub: '00000000-0000-0001-0000-000000000000',
        email: 'ada@example.com',
        email_verified: true,
        roles: ['admin'],
      },
      identity: {
        subject: '00000000-0000-0001-0000-000000000000',
        email: { address: 'ada@example.com', verified: true },
        roles: ['admin'],
      },
    },
  ],
  explains: { 'Invalid redirect uri https://gateway.example.com/oauth/callback': 'Authorized redirect URLs' },
})
