import { describeProvider } from '@portico/testkit'

import { google } from '../src/index.ts'

const endpoints = {
  'oidc.issuer': 'https://accounts.google.com',
  'oidc.acceptedIssuers': ['accounts.google.com'],
  'oidc.jwksUrl': 'https://www.googleapis.com/oauth2/v3/certs',
  'oidc.userinfoUrl': 'https://openidconnect.googleapis.com/v1/userinfo',
  'oidc.revocationUrl': 'https://oauth2.googleapis.com/revoke',
  'browserLogin.url': 'https://accounts.google.com/o/oauth2/v2/auth',
  'browserLogin.tokenUrl': 'https://oauth2.googleapis.com/token',
}
const copyId = 'Copy "Client ID" of an OAuth client'
const consumers =
  'is for consumers, whose accounts belong to no Workspace domain. Use the domain of your organization.'

describeProvider(google, {
  options: {
    clientId: '123456789012-abc123def456.apps.googleusercontent.com',
    clientSecret: 'GOCSPX-p0Zr3vQ8mKxT2wLs',
    hostedDomain: 'example.com',
  },
  variants: [
    {
      clientId: '123456789012.apps.googleusercontent.com',
      clientSecret: 'GOCSPX-p0Zr3vQ8mKxT2wLs',
      hostedDomain: ['example.com', 'example.org'],
    },
  ],
  derives: [
    [
      {},
      {
        ...endpoints,
        'oidc.requiredClaims': undefined,
        'browserLogin.parameters': undefined,
        'browserLogin.maxAge': 'ignored',
      },
    ],
    [
      { hostedDomain: 'example.com' },
      {
        ...endpoints,
        'oidc.requiredClaims': { hd: 'example.com' },
        'browserLogin.parameters': { hd: 'example.com' },
      },
    ],
    [
      { hostedDomain: ['example.com', 'example.org'] },
      {
        'oidc.requiredClaims': { hd: ['example.com', 'example.org'] },
        'browserLogin.parameters': { hd: '*' },
      },
    ],
    [{ hostedDomain: '*' }, { 'oidc.requiredClaims': undefined, 'browserLogin.parameters': { hd: '*' } }],
    [
      { clientSecret: 'an-older-secret-of-24-chars' },
      {
        warnings: [
          'clientSecret does not begin with "GOCSPX-", as all newer ones do: is it the right value?',
        ],
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { scope: 'openid email offline_access' },
      'scope names "offline_access", which this provider does not know. Use "openid email".',
    ],
    [{ clientId: '123456789012' }, `clientId is a project number. ${copyId}.`],
    [{ clientId: 'AIzaSyA-1234567890' }, `clientId is an API key. ${copyId}.`],
    [
      { clientId: 'portico@acme.iam.gserviceaccount.com' },
      'clientId is the address of a service account. Create an OAuth client of the type Web application.',
    ],
    [
      { clientId: 'my-project' },
      `clientId must end in ".apps.googleusercontent.com". ${copyId} of the type Web application.`,
    ],
    [
      { clientId: 'https://accounts.google.com' },
      'clientId must be the client id, not a URL. Expected: Client ID, `….apps.googleusercontent.com`.',
    ],
    [
      {
        clientId: 'GOCSPX-p0Zr3vQ8mKxT2wLs',
        clientSecret: '123456789012-abc123def456.apps.googleusercontent.com',
      },
      'clientId and clientSecret are swapped. Exchange their values.',
    ],
    [
      { clientSecret: 'AIzaSyA-1234567890' },
      'clientSecret is an API key. Copy "Client secret" of the OAuth client.',
    ],
    [{ hostedDomain: 'gmail.com' }, `hostedDomain ${consumers}`],
    [
      { hostedDomain: 'https://example.com' },
      'hostedDomain must be a bare host name: remove "https://". Use "example.com".',
    ],
    [
      { extraAuthorizationParams: { max_age: '60' } },
      'extraAuthorizationParams.max_age is not honoured by this provider. Remove it: it would promise nothing.',
    ],
  ],
  accepts: [
    { extraAuthorizationParams: { prompt: 'select_account consent' } },
    { clientId: '123456789012.apps.googleusercontent.com' },
    { hostedDomain: '*' },
    { hostedDomain: undefined },
  ],
  identifies: [
    {
      claims: {
        sub: '110169484474386276334',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        hd: 'example.com',
      },
      identity: {
        subject: '110169484474386276334',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        organization: 'example.com',
      },
    },
    {
      claims: { sub: '1', email: 'ada@gmail.com', email_verified: true },
      options: { hostedDomain: undefined },
      identity: { subject: '1', email: { address: 'ada@gmail.com', verified: true } },
    },
    {
      claims: { sub: '1', email: 'ada@example.com', email_verified: true },
      options: { hostedDomain: undefined },
      identity: { subject: '1', email: { address: 'ada@example.com', verified: false } },
    },
    {
      claims: { sub: '1', email: 'ada@notgmail.com', email_verified: true },
      options: { hostedDomain: undefined },
      identity: { subject: '1', email: { address: 'ada@notgmail.com', verified: false } },
    },
    {
      claims: { sub: '1', email: 'ada@gmail.com', email_verified: false },
      options: { hostedDomain: undefined },
      identity: { subject: '1', email: { address: 'ada@gmail.com', verified: false } },
    },
    {
      claims: { sub: '1', email: 'ada@gmail.com', email_verified: true },
      options: { hostedDomain: '*' },
      refused: 'Google Workspace',
    },
    {
      claims: { sub: '1', hd: '' },
      options: { hostedDomain: '*' },
      refused: 'Google Workspace',
    },
    {
      claims: { sub: '1', hd: 'example.org' },
      options: { hostedDomain: '*' },
      identity: { subject: '1', organization: 'example.org' },
    },
  ],
  explains: { redirect_uri_mismatch: 'Authorized redirect URIs', org_internal: 'Internal' },
})
