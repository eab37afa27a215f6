import { describeProvider } from '@portico/testkit'
import { expect, it } from 'vitest'

import { keycloak } from '../src/index.ts'

describeProvider(keycloak, {
  options: {
    keycloakBaseUrl: 'https://sso.example.com',
    realm: 'staff',
    clientId: 'portico',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
    idpHint: 'google',
    backchannelBaseUrl: 'https://keycloak.internal.example',
  },
  derives: [
    [
      { keycloakBaseUrl: 'https://sso.example.com', realm: 'staff' },
      {
        'oidc.issuer': 'https://sso.example.com/realms/staff',
        'oidc.jwksUrl': 'https://sso.example.com/realms/staff/protocol/openid-connect/certs',
        'oidc.userinfoUrl': 'https://sso.example.com/realms/staff/protocol/openid-connect/userinfo',
        'oidc.endSessionUrl': 'https://sso.example.com/realms/staff/protocol/openid-connect/logout',
        'oidc.revocationUrl': 'https://sso.example.com/realms/staff/protocol/openid-connect/revoke',
        'browserLogin.url': 'https://sso.example.com/realms/staff/protocol/openid-connect/auth',
        'browserLogin.tokenUrl': 'https://sso.example.com/realms/staff/protocol/openid-connect/token',
        warnings: undefined,
      },
    ],
    [
      { keycloakBaseUrl: 'https://auth.myproject.com/auth', realm: 'master' },
      {
        'oidc.issuer': 'https://auth.myproject.com/auth/realms/master',
        'browserLogin.tokenUrl':
          'https://auth.myproject.com/auth/realms/master/protocol/openid-connect/token',
        warnings: ['The realm "master" is for administrators: make a realm for users.'],
      },
    ],
    [
      { keycloakBaseUrl: 'http://localhost:8080', realm: 'master' },
      {
        'oidc.issuer': 'http://localhost:8080/realms/master',
        'browserLogin.tokenUrl': 'http://localhost:8080/realms/master/protocol/openid-connect/token',
      },
    ],
    [
      { keycloakBaseUrl: 'https://sso.example.com', realm: 'staff', scope: 'openid offline_access' },
      {
        warnings: [
          'The scope "offline_access" leaves sessions in Keycloak that never end: Portico needs none.',
        ],
      },
    ],
    [
      { keycloakBaseUrl: 'https://sso.example.com', realm: 'my realm' },
      { 'oidc.issuer': 'https://sso.example.com/realms/my%20realm' },
    ],
    [
      {
        keycloakBaseUrl: 'https://sso.example.com',
        realm: 'staff',
        idpHint: 'google',
        backchannelBaseUrl: 'https://keycloak.internal.example',
      },
      {
        'oidc.issuer': 'https://sso.example.com/realms/staff',
        'oidc.jwksUrl': 'https://keycloak.internal.example/realms/staff/protocol/openid-connect/certs',
        'browserLogin.url': 'https://sso.example.com/realms/staff/protocol/openid-connect/auth',
        'browserLogin.tokenUrl':
          'https://keycloak.internal.example/realms/staff/protocol/openid-connect/token',
        'browserLogin.parameters': { kc_idp_hint: 'google' },
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { keycloakBaseUrl: 'https://sso.example.com/realms/staff' },
      'keycloakBaseUrl contains the realm, which has an option of its own. Set it to "https://sso.example.com" and realm to "staff".',
    ],
    [
      { keycloakBaseUrl: 'https://sso.example.com/auth/realms/staff/protocol/openid-connect/auth' },
      'keycloakBaseUrl contains the realm, which has an option of its own. Set it to "https://sso.example.com/auth" and realm to "staff".',
    ],
    [
      { keycloakBaseUrl: 'https://sso.example.com/auth/admin/master/console/#/staff' },
      'keycloakBaseUrl is the address of the admin console. Use "https://sso.example.com/auth".',
    ],
    [
      { keycloakBaseUrl: 'https://sso.example.com/' },
      'keycloakBaseUrl must be a base URL: remove the trailing "/". Use "https://sso.example.com".',
    ],
    [
      { keycloakBaseUrl: 'sso.example.com' },
      'keycloakBaseUrl must be a base URL: add "https://". Use "https://sso.example.com".',
    ],
    [
      { keycloakBaseUrl: 'http://keycloak:8080' },
      'keycloakBaseUrl is a name inside a private network, while the issuer has the public name of Keycloak. Use the address users sign in at; Portico itself may go to backchannelBaseUrl.',
    ],
    [
      { backchannelBaseUrl: 'http://keycloak.example.com:8080' },
      'backchannelBaseUrl must be a base URL: replace "http://" by "https://". Use "https://keycloak.example.com:8080".',
    ],
    [
      { keycloakBaseUrl: 'http://localhost:8080' },
      'keycloakBaseUrl uses http on loopback, which is for development only. Use https, or keep the gateway on this machine too: without an https public URL, in code with development: true.',
    ],
    [
      { realm: 'staff/../master' },
      'realm contains "/": it is one segment of a path. Give only the name, not encoded.',
    ],
    [
      { realm: 'my%20realm' },
      'realm contains "%": it is one segment of a path. Give only the name, not encoded.',
    ],
    [
      { extraAuthorizationParams: { kc_idp_hint: 'github' } },
      'extraAuthorizationParams.kc_idp_hint is set by the provider itself. Remove it.',
    ],
  ],
  accepts: [{ realm: 'my realm' }, { keycloakBaseUrl: 'https://sso.example.com/auth' }],
  identifies: [
    {
      claims: {
        sub: 'f2b3c1a0-5a43-4cb2-9f6e-1c3f3a1b2c3d',
        preferred_username: 'ada',
        email: 'ada@example.com',
        email_verified: true,
        groups: ['/staff/it'],
      },
      identity: {
        subject: 'f2b3c1a0-5a43-4cb2-9f6e-1c3f3a1b2c3d',
        name: 'ada',
        email: { address: 'ada@example.com', verified: true },
        groups: ['/staff/it'],
      },
    },
  ],
  explains: { invalid_redirect_uri: 'Valid redirect URIs', unauthorized_client: 'Client authentication' },
})

it('names the setting of the client when ID tokens are signed with HS256', () => {
  const options = { keycloakBaseUrl: 'https://sso.example.com', realm: 'staff' }
  expect(keycloak.derive(options).hints).toEqual([expect.objectContaining({ member: 'alg', value: 'HS256' })])
})
