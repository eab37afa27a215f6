import { describeProvider } from '@portico/testkit'

import { kinde } from '../src/index.ts'

describeProvider(kinde, {
  options: {
    kindeDomain: 'acme.kinde.com',
    organizationCode: 'org_1ccfb819462',
    connectionId: 'conn_0192b',
    clientId: 'a3e534627131446f82b8250c4b0eda97',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      { kindeDomain: 'acme.kinde.com' },
      {
        'oidc.issuer': 'https://acme.kinde.com',
        'oidc.jwksUrl': 'https://acme.kinde.com/.well-known/jwks',
        'oidc.userinfoUrl': 'https://acme.kinde.com/oauth2/v2/user_profile',
        'browserLogin.url': 'https://acme.kinde.com/oauth2/auth',
        'browserLogin.tokenUrl': 'https://acme.kinde.com/oauth2/token',
        offlineAccess: { scope: 'offline' },
        logout: { url: 'https://acme.kinde.com/logout', redirectParameter: 'redirect' },
      },
    ],
    [
      { kindeDomain: 'auth.example.com', organizationCode: 'org_1ccfb819462', connectionId: 'conn_0192b' },
      {
        'oidc.issuer': 'https://auth.example.com',
        'oidc.requiredClaims': { org_codes: 'org_1ccfb819462' },
        'browserLogin.parameters': { org_code: 'org_1ccfb819462', connection_id: 'conn_0192b' },
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { scope: 'openid offline_access' },
      'scope names "offline_access", which this provider does not know. Use "openid offline".',
    ],
    [
      { kindeDomain: 'https://acme.kinde.com' },
      'kindeDomain must be a bare host name: remove "https://". Use "acme.kinde.com".',
    ],
    [
      { kindeDomain: 'app.kinde.com' },
      'kindeDomain is an address of the vendor, not of your business. Copy "Domain" from the details of the application, e.g. "acme.kinde.com".',
    ],
    [
      { kindeDomain: 'acme' },
      'kindeDomain must be the whole host name, with its dots. Expected: Domain of the business or custom domain, e.g. `acme.kinde.com`.',
    ],
    [
      { organizationCode: 'acme' },
      'organizationCode must be the code of an organization, which begins with "org_". Copy the id, not the name.',
    ],
  ],
  accepts: [{ kindeDomain: 'auth.example.com' }],
  identifies: [
    {
      claims: {
        sub: 'kp_1',
        given_name: 'Ada',
        family_name: 'Lovelace',
        email: 'ada@example.com',
        email_verified: true,
      },
      identity: {
        subject: 'kp_1',
        name: 'Ada Lovelace',
        email: { address: 'ada@example.com', verified: true },
      },
    },
    { claims: { sub: 'kp_1' }, identity: { subject: 'kp_1' } },
  ],
  explains: { invalid_redirect_uri: 'Allowed callback URLs' },
})
