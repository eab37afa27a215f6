import { describeProvider } from '@portico/testkit'

import { clerk } from '../src/index.ts'

const noPortal = 'Copy the Frontend API URL from the API keys page.'

describeProvider(clerk, {
  options: {
    frontendApiUrl: 'https://clerk.example.com',
    clientId: 'k3y5e9v1q8z2b7n4',
    clientSecret: 'p0Zr3vQ8mKxT2wLs',
    organizationId: 'org_2abcDEF',
  },
  derives: [
    [
      { frontendApiUrl: 'https://well-hagfish-71.clerk.accounts.dev' },
      {
        'oidc.issuer': 'https://well-hagfish-71.clerk.accounts.dev',
        'oidc.jwksUrl': 'https://well-hagfish-71.clerk.accounts.dev/.well-known/jwks.json',
        'oidc.userinfoUrl': 'https://well-hagfish-71.clerk.accounts.dev/oauth/userinfo',
        'oidc.endSessionUrl': undefined,
        'browserLogin.url': 'https://well-hagfish-71.clerk.accounts.dev/oauth/authorize',
        'browserLogin.tokenUrl': 'https://well-hagfish-71.clerk.accounts.dev/oauth/token',
        'browserLogin.prompts': ['none', 'login', 'consent'],
        'clientAuthentication.methods.0': 'client_secret_basic',
        warnings: undefined,
      },
    ],
    [
      { frontendApiUrl: 'https://clerk.example.com', organizationId: 'org_2abcDEF' },
      {
        'oidc.issuer': 'https://clerk.example.com',
        'oidc.requiredClaims': { org_id: 'org_2abcDEF' },
        'browserLogin.tokenUrl': 'https://clerk.example.com/oauth/token',
        scope: 'openid profile email user:org:read',
      },
    ],
    [
      { frontendApiUrl: 'https://app.example.com/__clerk', allowProxyPath: true },
      {
        'oidc.jwksUrl': 'https://app.example.com/__clerk/.well-known/jwks.json',
        'browserLogin.url': 'https://app.example.com/__clerk/oauth/authorize',
        warnings: undefined,
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { frontendApiUrl: 'https://example.com' },
      'frontendApiUrl is not the Frontend API, whose host begins with "clerk." or ends in ".clerk.accounts.dev". Copy the Frontend API URL from the API keys page; if it is served through your own site, set allowProxyPath to true.',
    ],
    // The key is the host of the Frontend API and "$", in Base64.
    [
      { frontendApiUrl: 'pk_test_d2VsbC1oYWdmaXNoLTcxLmNsZXJrLmFjY291bnRzLmRldiQ' },
      'frontendApiUrl is the publishable key. Use "https://well-hagfish-71.clerk.accounts.dev".',
    ],
    [
      { frontendApiUrl: 'pk_live_notBase64!'.replace('!', '') },
      `frontendApiUrl is the publishable key. ${noPortal}`,
    ],
    [{ frontendApiUrl: 'sk_test_abcdef' }, `frontendApiUrl is the secret key of the instance. ${noPortal}`],
    [
      { frontendApiUrl: 'https://well-hagfish-71.accounts.dev' },
      'frontendApiUrl is the address of the account portal. Use "https://well-hagfish-71.clerk.accounts.dev".',
    ],
    [
      { frontendApiUrl: 'https://api.clerk.com' },
      `frontendApiUrl is an address of the vendor, not of your instance. ${noPortal}`,
    ],
    [
      { frontendApiUrl: 'https://dashboard.clerk.com/apps/x' },
      `frontendApiUrl is an address of the vendor, not of your instance. ${noPortal}`,
    ],
    [
      { frontendApiUrl: 'https://app.example.com/__clerk' },
      'frontendApiUrl must be the bare origin: remove "/__clerk". Use "https://app.example.com", or set allowProxyPath to true.',
    ],
    [
      { frontendApiUrl: 'https://clerk.example.com/' },
      'frontendApiUrl must be a base URL: remove the trailing "/". Use "https://clerk.example.com".',
    ],
    [
      { clientSecret: 'sk_test_abcdef' },
      'clientSecret is the secret key of the instance. Copy the client secret of the OAuth application.',
    ],
    [
      { organizationId: 'acme' },
      'organizationId must be an organization id, which begins with "org_". Copy the id, not the name.',
    ],
  ],
  accepts: [{ frontendApiUrl: 'https://app.example.com/__clerk', allowProxyPath: true }],
  identifies: [
    {
      claims: {
        sub: 'user_2abc',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        org_id: 'org_2abcDEF',
      },
      identity: {
        subject: 'user_2abc',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        organization: 'org_2abcDEF',
      },
    },
  ],
  explains: { invalid_redirect_uri: 'Redirect URIs' },
})
