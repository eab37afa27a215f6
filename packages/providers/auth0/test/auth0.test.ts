import { describeProvider } from '@portico/testkit'

import { auth0 } from '../src/index.ts'

describeProvider(auth0, {
  options: {
    auth0Domain: 'acme.us.auth0.com',
    clientId: 'aZ3kQ9wL0pR7tY2uI5oP8sD1fG4hJ6kL',
    clientSecret: 'p0Zr3vQ8mKxT2wLs-p0Zr3vQ8mKxT2wLs',
    audience: 'https://api.example.com',
    organization: 'org_9ybsU1dN2dKfDkBi',
    connection: 'google-oauth2',
  },
  derives: [
    [
      { auth0Domain: 'acme.us.auth0.com' },
      {
        'oidc.algorithms': ['RS256', 'PS256', 'RS512'],
        'oidc.issuer': 'https://acme.us.auth0.com/',
        'oidc.jwksUrl': 'https://acme.us.auth0.com/.well-known/jwks.json',
        'oidc.userinfoUrl': 'https://acme.us.auth0.com/userinfo',
        'oidc.audience': undefined,
        'browserLogin.url': 'https://acme.us.auth0.com/authorize',
        'browserLogin.tokenUrl': 'https://acme.us.auth0.com/oauth/token',
        'browserLogin.parameters': undefined,
      },
    ],
    [
      { auth0Domain: 'acme.us.auth0.com', clientId: 'portico' },
      {
        warnings: [
          'clientId does not have 32 letters and digits, as those of Auth0 have: is it the right value?',
        ],
      },
    ],
    [
      { auth0Domain: 'acme.us.auth0.com', clientId: 'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY' },
      { warnings: undefined },
    ],
    [
      { auth0Domain: 'login.example.com', audience: 'https://api.example.com', connection: 'github' },
      {
        'oidc.issuer': 'https://login.example.com/',
        'oidc.audience': undefined,
        'browserLogin.url': 'https://login.example.com/authorize',
        'browserLogin.parameters': { audience: 'https://api.example.com', connection: 'github' },
      },
    ],
    [
      { auth0Domain: 'acme.us.auth0.com', organization: 'org_9ybsU1dN2dKfDkBi' },
      {
        'oidc.requiredClaims': { org_id: 'org_9ybsU1dN2dKfDkBi' },
        'browserLogin.parameters': { organization: 'org_9ybsU1dN2dKfDkBi' },
      },
    ],
    [
      { auth0Domain: 'acme.us.auth0.com', organization: 'staff' },
      { 'oidc.requiredClaims': { org_name: 'staff' }, 'browserLogin.parameters': { organization: 'staff' } },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { auth0Domain: 'https://acme.us.auth0.com/' },
      'auth0Domain must be a bare host name: remove "https://" and the trailing "/". Use "acme.us.auth0.com".',
    ],
    [
      { auth0Domain: 'acme.us.auth0.com/' },
      'auth0Domain must be a bare host name: remove the trailing "/". Use "acme.us.auth0.com".',
    ],
    [
      { auth0Domain: 'https://manage.auth0.com/dashboard/us/acme' },
      'auth0Domain is the address of the Auth0 Dashboard. Copy "Domain" from the settings of the application, e.g. "acme.us.auth0.com".',
    ],
    [
      { auth0Domain: 'aZ3kQ9wL0pR7tY2uI5oP8sD1fG4hJ6kL' },
      'auth0Domain looks like a client id. Copy "Domain" from the settings of the application, e.g. "acme.us.auth0.com".',
    ],
    [
      { auth0Domain: 'acme' },
      'auth0Domain must be the whole host name, with its dots. Expected: Tenant or custom domain, e.g. `acme.us.auth0.com`.',
    ],
    [
      { clientSecret: undefined },
      'clientSecret is missing. Set the client secret of the application, best from the environment. A single-page or native application has none: create one for a web server.',
    ],
    [
      { audience: 'https://acme.us.auth0.com/api/v2/' },
      'audience is the Auth0 Management API, which is not for logins. Remove it, or name an API of your own.',
    ],
    [
      { organization: 'Acme_Staff' },
      'organization must be in lower case, as the names of organizations are. Use "acme_staff", or the organization id.',
    ],
    [
      { organization: 'Acme Staff' },
      'organization must be an organization id beginning with "org_", or an organization name in lower case. Expected: Only members of this organization may sign in: its id `org_…`, or its name.',
    ],
    [
      { auth0Domain: undefined, domain: 'acme.us.auth0.com' },
      [
        'auth0Domain is missing. Set it: Tenant or custom domain, e.g. `acme.us.auth0.com`.',
        'domain is an unknown option. Did you mean "auth0Domain"?',
      ],
    ],
  ],
  accepts: [
    { audience: 'https://acme.us.auth0.com/api/v3/' },
    { organization: 'acme-staff' },
    { auth0Domain: 'acme.auth0.com' },
  ],
  identifies: [
    {
      claims: {
        sub: 'auth0|5f7c8ec7c33c6c004bbafe82',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: false,
        picture: 'https://cdn.example.com/ada.png',
      },
      identity: {
        subject: 'auth0|5f7c8ec7c33c6c004bbafe82',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: false },
        picture: 'https://cdn.example.com/ada.png',
      },
    },
  ],
  explains: { invalid_redirect_uri: 'Allowed Callback URLs' },
})
