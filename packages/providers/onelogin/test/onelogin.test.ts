import { describeProvider } from '@portico/testkit'

import { onelogin } from '../src/index.ts'

const vendor =
  'oneLoginSubdomain is an address of the vendor, not of your account. Use the subdomain you sign in at.'
const retired =
  "oneLoginSubdomain belongs to version 1 of OneLogin's OpenID Connect, which is retired. Use the subdomain of your account."

describeProvider(onelogin, {
  options: {
    oneLoginSubdomain: 'acme',
    clientId: 'e1a2b3c0-5f6a-0137-9b8c-0a1b2c3d4e5f',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
    tokenEndpointAuthMethod: 'client_secret_basic',
  },
  derives: [
    [
      { oneLoginSubdomain: 'acme' },
      {
        'oidc.issuer': 'https://acme.onelogin.com/oidc/2',
        'oidc.jwksUrl': 'https://acme.onelogin.com/oidc/2/certs',
        'oidc.userinfoUrl': 'https://acme.onelogin.com/oidc/2/me',
        'browserLogin.url': 'https://acme.onelogin.com/oidc/2/auth',
        'browserLogin.tokenUrl': 'https://acme.onelogin.com/oidc/2/token',
        'clientAuthentication.methods.0': 'client_secret_post',
        offlineAccess: null,
      },
    ],
    [
      { oneLoginSubdomain: 'gge-fra' },
      {
        'oidc.issuer': 'https://gge-fra.onelogin.com/oidc/2',
        'oidc.userinfoUrl': 'https://gge-fra.onelogin.com/oidc/2/me',
        'oidc.algorithms': ['RS256', 'PS256'],
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { scope: 'openid offline_access' },
      'scope names "offline_access", which this provider does not know. Use "openid".',
    ],
    [
      { oneLoginSubdomain: 'acme.onelogin.com' },
      'oneLoginSubdomain must be the subdomain alone, without ".onelogin.com". Use "acme".',
    ],
    [
      { oneLoginSubdomain: 'https://acme.onelogin.com/portal' },
      'oneLoginSubdomain must be the subdomain alone, without ".onelogin.com". Use "acme".',
    ],
    [{ oneLoginSubdomain: 'www' }, vendor],
    [{ oneLoginSubdomain: 'api' }, vendor],
    [{ oneLoginSubdomain: 'https://api.us.onelogin.com' }, vendor],
    [{ oneLoginSubdomain: 'openid-connect' }, retired],
    [{ oneLoginSubdomain: 'openid-connect-eu' }, retired],
    [{ oneLoginSubdomain: 'https://openid-connect-eu.onelogin.com/oidc' }, retired],
    [
      { oneLoginSubdomain: 'sso.acme' },
      'oneLoginSubdomain must be one label of a host name: lower-case letters, digits and "-" only. Expected: Subdomain of the account: `acme` of `acme.onelogin.com`.',
    ],
  ],
  accepts: [{ oneLoginSubdomain: 'openid-connected' }, { oneLoginSubdomain: 'apis' }],
  identifies: [
    {
      claims: { sub: '12345678', name: 'Ada', email: 'ada@example.com', groups: 'staff; it' },
      identity: {
        subject: '12345678',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: false },
        groups: ['staff', 'it'],
      },
    },
    { claims: { sub: '12345678', groups: ['staff'] }, identity: { subject: '12345678', groups: ['staff'] } },
  ],
  explains: {
    invalid_redirect_uri: 'Redirect URIs',
    'client_secret must be provided in the body': 'client_secret_post',
    invalid_client: 'SSO tab',
  },
})
