import { describeProvider } from '@portico/testkit'

import { okta } from '../src/index.ts'

const server = 'aus9o8wvkhockw9TL0h7'
const serverName =
  'authorizationServerId must be "default" or the id of the authorization server, which begins with "aus", not its name. Copy the last part of its Issuer URI from Security → API.'

describeProvider(okta, {
  options: {
    oktaDomain: 'acme.okta.com',
    authorizationServerId: 'default',
    clientId: '0oa9o8wvkhockw9TL0h7',
    clientSecret: 'p0Zr3vQ8mKxT2wLs-p0Zr3vQ8mKxT2wLs',
  },
  variants: [
    {
      oktaDomain: 'login.example.com',
      issuerDomain: 'acme.okta.com',
      idp: '0oa1gjh63g214q0Hq0g4',
      clientSpecificKeys: true,
      clientId: '0oa9o8wvkhockw9TL0h7',
      clientSecret: 'p0Zr3vQ8mKxT2wLs-p0Zr3vQ8mKxT2wLs',
    },
  ],
  derives: [
    [
      { oktaDomain: 'acme.okta.com' },
      {
        'oidc.issuer': 'https://acme.okta.com',
        'oidc.jwksUrl': 'https://acme.okta.com/oauth2/v1/keys',
        'oidc.userinfoUrl': 'https://acme.okta.com/oauth2/v1/userinfo',
        'oidc.endSessionUrl': 'https://acme.okta.com/oauth2/v1/logout',
        'oidc.revocationUrl': 'https://acme.okta.com/oauth2/v1/revoke',
        'oidc.discoveryUrl': 'https://acme.okta.com/.well-known/openid-configuration',
        'browserLogin.url': 'https://acme.okta.com/oauth2/v1/authorize',
        'browserLogin.tokenUrl': 'https://acme.okta.com/oauth2/v1/token',
        userinfo: 'whenMissing',
      },
    ],
    [
      { oktaDomain: 'acme.okta.com', authorizationServerId: 'default' },
      {
        'oidc.issuer': 'https://acme.okta.com/oauth2/default',
        'oidc.jwksUrl': 'https://acme.okta.com/oauth2/default/v1/keys',
        'browserLogin.url': 'https://acme.okta.com/oauth2/default/v1/authorize',
        'browserLogin.tokenUrl': 'https://acme.okta.com/oauth2/default/v1/token',
      },
    ],
    [
      { oktaDomain: 'login.example.com', authorizationServerId: server },
      {
        'oidc.issuer': `https://login.example.com/oauth2/${server}`,
        'oidc.jwksUrl': `https://login.example.com/oauth2/${server}/v1/keys`,
      },
    ],
    [
      {
        oktaDomain: 'login.example.com',
        issuerDomain: 'acme.okta.com',
        authorizationServerId: server,
        idp: '0oa1gjh63g214q0Hq0g4',
      },
      {
        'oidc.issuer': `https://acme.okta.com/oauth2/${server}`,
        'browserLogin.url': `https://login.example.com/oauth2/${server}/v1/authorize`,
        'browserLogin.parameters': { idp: '0oa1gjh63g214q0Hq0g4' },
      },
    ],
    [
      { oktaDomain: 'acme.okta.com', clientSpecificKeys: true, clientId: '0oa9o8wvkhockw9TL0h7' },
      {
        'oidc.jwksUrl': 'https://acme.okta.com/oauth2/v1/keys?client_id=0oa9o8wvkhockw9TL0h7',
        'oidc.discoveryUrl':
          'https://acme.okta.com/.well-known/openid-configuration?client_id=0oa9o8wvkhockw9TL0h7',
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { oktaDomain: 'https://acme.okta.com' },
      'oktaDomain must be a bare host name: remove "https://". Use "acme.okta.com".',
    ],
    [
      { oktaDomain: 'acme-admin.okta.com' },
      'oktaDomain is the address of the admin console: remove "-admin". Use "acme.okta.com".',
    ],
    [
      { oktaDomain: 'dev-123-admin.okta.com' },
      'oktaDomain is the address of the admin console: remove "-admin". Use "dev-123.okta.com".',
    ],
    [
      { oktaDomain: 'https://acme.okta.com/oauth2/default' },
      'oktaDomain contains the authorization server, which has an option of its own. Set the domain to "acme.okta.com" and authorizationServerId to "default".',
    ],
    [
      { oktaDomain: 'okta.com' },
      'oktaDomain is an address of the vendor, not of your organization. Use the domain of your organization, e.g. "acme.okta.com".',
    ],
    [
      { oktaDomain: 'developer.okta.com' },
      'oktaDomain is an address of the vendor, not of your organization. Use the domain of your organization, e.g. "acme.okta.com".',
    ],
    [
      { oktaDomain: 'login.okta.com' },
      'oktaDomain is an address of the vendor, not of your organization. Use the domain of your organization, e.g. "acme.okta.com".',
    ],
    [{ authorizationServerId: 'My API' }, serverName],
    [{ authorizationServerId: 'Default' }, serverName],
    [
      { idp: 'google' },
      'idp must be the id of an identity provider, which begins with "0oa". Copy the id, not the name.',
    ],
    [
      { issuerDomain: 'acme-admin.okta.com' },
      'issuerDomain is the address of the admin console: remove "-admin". Use "acme.okta.com".',
    ],
    [
      { issuer: 'https://acme.okta.com/oauth2/default' },
      'issuer is an unknown option. Did you mean "oktaDomain"?',
    ],
  ],
  accepts: [
    { oktaDomain: 'dev-265911.oktapreview.com' },
    { authorizationServerId: server },
    { oktaDomain: 'acme-administration.okta.com' },
  ],
  identifies: [
    {
      claims: {
        sub: '00uid4BxXw6I6TV4m0g3',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        groups: ['Everyone'],
      },
      identity: {
        subject: '00uid4BxXw6I6TV4m0g3',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        groups: ['Everyone'],
      },
    },
  ],
  explains: {
    invalid_redirect_uri: 'Sign-in redirect URIs',
    'User is not assigned to the client application.': 'Assign the user',
  },
})
