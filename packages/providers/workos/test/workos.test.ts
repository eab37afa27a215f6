import { describeProvider } from '@portico/testkit'

import { workos } from '../src/index.ts'

const clientId = 'client_01KC6057N3C66XJAXZ65YHAC72'
const authkit = {
  authkitDomain: 'https://fearless-network-26.authkit.app',
  clientId,
  clientSecret: 'p0Zr3vQ8mKxT2wLs',
}
const userManagement = { clientId, clientSecret: 'sk_test_p0Zr3vQ8mKxT2wLs', provider: 'GoogleOAuth' }
/** An access token of `subject`; nobody checks its signature, because WorkOS itself hands it over. */
const accessToken = (claims: object) => `e30.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.c2ln`
const answer = {
  user: {
    id: 'user_01H',
    email: 'ada@example.com',
    email_verified: true,
    first_name: 'Ada',
    last_name: 'Lovelace',
    profile_picture_url: null,
  },
  organization_id: 'org_01H',
  access_token: accessToken({ sub: 'user_01H', role: 'admin' }),
}
const only = { authkitDomain: undefined, clientSecret: userManagement.clientSecret }

describeProvider(workos, {
  options: { ...authkit, organizationId: 'org_01H' },
  variants: [userManagement],
  derives: [
    [
      { authkitDomain: 'https://fearless-network-26.authkit.app' },
      {
        kind: undefined,
        'oidc.issuer': 'https://fearless-network-26.authkit.app',
        'oidc.jwksUrl': 'https://fearless-network-26.authkit.app/oauth2/jwks',
        'oidc.userinfoUrl': 'https://fearless-network-26.authkit.app/oauth2/userinfo',
        'browserLogin.url': 'https://fearless-network-26.authkit.app/oauth2/authorize',
        'browserLogin.tokenUrl': 'https://fearless-network-26.authkit.app/oauth2/token',
      },
    ],
    [
      { clientId },
      {
        kind: 'private',
        'oidc.issuer': `https://api.workos.com/user_management/${clientId}`,
        'oidc.jwksUrl': `https://api.workos.com/sso/jwks/${clientId}`,
        'browserLogin.url': 'https://api.workos.com/user_management/authorize',
        'browserLogin.tokenUrl': 'https://api.workos.com/user_management/authenticate',
        'browserLogin.parameters': { provider: 'authkit' },
        'browserLogin.nonce': 'absent',
        'clientAuthentication.requestEncoding': 'json',
        logout: null,
      },
    ],
    [
      { authkitDomain: 'https://auth.example.com', organizationId: 'org_01H' },
      {
        'oidc.requiredClaims': { org_id: 'org_01H' },
        'browserLogin.parameters': { organization_id: 'org_01H' },
      },
    ],
    [{ clientId, organizationId: 'org_01H' }, { 'browserLogin.parameters': { organization_id: 'org_01H' } }],
    [{ clientId, connectionId: 'conn_01H' }, { 'browserLogin.parameters': { connection_id: 'conn_01H' } }],
    [{ clientId, provider: 'GoogleOAuth' }, { 'browserLogin.parameters': { provider: 'GoogleOAuth' } }],
  ],
  refuses: [
    [
      {
        mode: 'user-management',
        authkitDomain: undefined,
        organizationId: undefined,
        connectionId: 'acme',
        clientSecret: 'sk_test_p0Zr3vQ8mKxT2wLs',
      },
      'connectionId must be a connection id, which begins with "conn_". Copy the id, not the name.',
    ],
    [
      { clientId: 'sk_test_p0Zr3vQ8mKxT2wLs' },
      'clientId is the API key. Copy the client id, which begins with "client_".',
    ],
    [
      { clientId: 'https://api.workos.com' },
      'clientId must be the client id, not a URL. Expected: Client ID, `client_…`.',
    ],
    [
      { clientId: 'portico' },
      'clientId must be a client id, which begins with "client_". Expected: Client ID, `client_…`.',
    ],
    [
      { authkitDomain: 'https://api.workos.com' },
      'authkitDomain is an address of the vendor, not of your AuthKit domain. Copy it from Domains in the WorkOS Dashboard.',
    ],
    [
      { authkitDomain: 'https://fearless-network-26.authkit.app/oauth2' },
      'authkitDomain must be the bare origin: remove "/oauth2". Use "https://fearless-network-26.authkit.app".',
    ],
    [
      { clientSecret: 'sk_test_p0Zr3vQ8mKxT2wLs' },
      'clientSecret is the API key. Copy the secret of the Connect OAuth application.',
    ],
    [
      { authkitDomain: undefined, organizationId: undefined },
      'clientSecret must be the API key of the environment, which begins with "sk_". Copy it from API Keys.',
    ],
    [
      { authkitDomain: undefined, mode: 'authkit' },
      'authkitDomain is missing. Copy it from Domains in the WorkOS Dashboard.',
    ],
    [
      { mode: 'user-management', clientSecret: 'sk_test_x1y2z3' },
      'authkitDomain has no meaning in user management. Remove it, or set mode to "authkit".',
    ],
    [{ provider: 'GoogleOAuth' }, 'provider is for user management only. Remove it.'],
    [{ connectionId: 'conn_01H' }, 'connectionId is for user management only. Remove it.'],
    [
      { ...only, provider: 'GoogleOAuth' },
      'provider organizationId and connectionId exclude each other. Keep one of the three.',
    ],
    [
      { organizationId: 'acme' },
      'organizationId must be an organization id, which begins with "org_". Copy the id, not the name.',
    ],
    [
      { ...only, clientId: 'sk_test_p0Zr3vQ8mKxT2wLs', clientSecret: clientId },
      'clientId and clientSecret are swapped. Exchange their values.',
    ],
    [
      { ...only, useUserinfo: 'always' },
      'useUserinfo has no meaning here: this provider issues no ID token. Remove it.',
    ],
  ],
  accepts: [
    { ...only },
    { ...only, organizationId: undefined, connectionId: 'conn_01H' },
    { mode: 'authkit' },
  ],
  identifies: [
    {
      claims: {
        sub: 'user_01H',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        org_id: 'org_01H',
      },
      identity: {
        subject: 'user_01H',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        organization: 'org_01H',
      },
    },
    {
      // Claims that an administrator has added to the ID token say nothing about who it is for.
      claims: { ...answer, sub: 'user_02H', name: 'Grace', org_id: 'org_01H' },
      identity: { subject: 'user_02H', name: 'Grace', organization: 'org_01H' },
    },
    {
      options: only,
      claims: answer,
      identity: {
        subject: 'user_01H',
        name: 'Ada Lovelace',
        email: { address: 'ada@example.com', verified: true },
        roles: ['admin'],
        organization: 'org_01H',
      },
    },
    { options: only, claims: { ...answer, organization_id: 'org_other' }, refused: 'Sign in as a member' },
    {
      options: only,
      claims: { ...answer, access_token: accessToken({ sub: 'user_other' }) },
      refused: 'of another user',
    },
    { options: only, claims: { ...answer, access_token: 'opaque' }, refused: 'not a JWT of a user' },
    { options: only, claims: { ...answer, user: undefined }, refused: 'unusable claims' },
  ],
  explains: { invalid_redirect_uri: 'Redirect URIs' },
})
