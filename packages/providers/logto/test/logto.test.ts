import { describeProvider } from '@portico/testkit'

import { logto } from '../src/index.ts'

const refusal = (removed: string) =>
  `logtoEndpoint must be the bare origin: remove ${removed}. Use "https://acme.logto.app".`

describeProvider(logto, {
  options: {
    logtoEndpoint: 'https://acme.logto.app',
    clientId: 'k3y5e9v1q8z2b7n4m6x0c',
    clientSecret: 'p0Zr3vQ8mKxT2wLs',
    directSignIn: 'social:google',
    firstScreen: 'sign_in',
  },
  derives: [
    [
      { logtoEndpoint: 'https://acme.logto.app' },
      {
        'oidc.issuer': 'https://acme.logto.app/oidc',
        'oidc.jwksUrl': 'https://acme.logto.app/oidc/jwks',
        'browserLogin.url': 'https://acme.logto.app/oidc/auth',
        'browserLogin.tokenUrl': 'https://acme.logto.app/oidc/token',
        'browserLogin.prompts': ['none', 'login', 'consent'],
      },
    ],
    [
      { logtoEndpoint: 'https://auth.example.com' },
      {
        'oidc.issuer': 'https://auth.example.com/oidc',
        'oidc.jwksUrl': 'https://auth.example.com/oidc/jwks',
        'oidc.algorithms': ['ES384', 'RS256', 'ES256', 'ES512'],
        'oidc.userinfoUrl': 'https://auth.example.com/oidc/me',
        'oidc.endSessionUrl': 'https://auth.example.com/oidc/session/end',
        'oidc.revocationUrl': 'https://auth.example.com/oidc/token/revocation',
        'browserLogin.responseIss': 'required',
        'browserLogin.parameters': undefined,
        scope: 'openid profile email',
      },
    ],
    [
      {
        logtoEndpoint: 'http://127.0.0.1:9001',
        organizationIds: ['org1', 'org2'],
        directSignIn: 'sso:acme',
        firstScreen: 'register',
      },
      {
        'oidc.issuer': 'http://127.0.0.1:9001/oidc',
        'oidc.requiredClaims': { organizations: ['org1', 'org2'] },
        'browserLogin.parameters': { direct_sign_in: 'sso:acme', first_screen: 'register' },
        scope: 'openid profile email urn:logto:scope:organizations',
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [{ logtoEndpoint: 'https://acme.logto.app/oidc' }, refusal('"/oidc"')],
    [
      { logtoEndpoint: 'https://acme.logto.app/oidc/.well-known/openid-configuration' },
      refusal('"/oidc/.well-known/openid-configuration"'),
    ],
    [
      { logtoEndpoint: 'https://acme.logto.app/.well-known/openid-configuration' },
      refusal('"/.well-known/openid-configuration"'),
    ],
    [{ logtoEndpoint: 'https://acme.logto.app/' }, refusal('the trailing "/"')],
    [{ logtoEndpoint: 'https://acme.logto.app/console' }, refusal('"/console"')],
    [
      { logtoEndpoint: 'acme.logto.app' },
      'logtoEndpoint must be the bare origin: add "https://". Use "https://acme.logto.app".',
    ],
    [
      { logtoEndpoint: 'https://cloud.logto.io/acme/applications' },
      'logtoEndpoint is the address of the Logto Console. Copy the tenant endpoint from Settings → Domains; it looks like "https://your-tenant.logto.app".',
    ],
    [
      { logtoEndpoint: 'https://auth.example.com:3002' },
      'logtoEndpoint is the address of the admin console of a self-hosted server, on port 3002. Use the address users sign in at; its default port is 3001.',
    ],
    [
      { clientSecret: undefined },
      'clientSecret is missing. Set the client secret of the application, best from the environment. A single-page or native application has none: create one for a web server.',
    ],
    [
      { directSignIn: 'google' },
      'directSignIn must have the form "social:<target>" or "sso:<connector id>". Expected: Skips the sign-in page: `social:<target>` or `sso:<connector id>`.',
    ],
    [
      { firstScreen: 'signin' },
      'firstScreen must be one of "sign_in", "register", "reset_password", "single_sign_on", "identifier:sign_in", "identifier:register". Use "sign_in".',
    ],
    [
      { extraAuthorizationParams: { first_screen: 'register' } },
      'extraAuthorizationParams.first_screen is set by the provider itself. Remove it.',
    ],
  ],
  accepts: [
    { logtoEndpoint: 'https://auth.example.com:3001' },
    { organizationIds: ['org1'] },
    { logtoEndpoint: 'https://auth.example.com:30021' },
  ],
  identifies: [
    {
      claims: {
        sub: 'u_8f3k',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        roles: ['admin'],
      },
      identity: {
        subject: 'u_8f3k',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        roles: ['admin'],
      },
    },
    { claims: { sub: 'u_8f3k', name: null, username: 'ada' }, identity: { subject: 'u_8f3k', name: 'ada' } },
  ],
  explains: { invalid_redirect_uri: 'Redirect URIs' },
})
