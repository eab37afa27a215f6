import { describeProvider } from '@portico/testkit'

import { zitadel } from '../src/index.ts'

const organizationClaim = 'urn:zitadel:iam:user:resourceowner:id'
const rolesClaim = 'urn:zitadel:iam:org:project:roles'
const assignedRoles = {
  admin: { '999999999999999999': 'customer.example' },
  reader: { '312345678901234568': 'acme.example', '999999999999999999': 'customer.example' },
}

describeProvider(zitadel, {
  options: {
    zitadelUrl: 'https://acme-ab12cd.us1.zitadel.cloud',
    clientId: '312345678901234567',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
    organizationId: '312345678901234568',
    idpId: '312345678901234569',
  },
  derives: [
    [
      { zitadelUrl: 'https://acme-ab12cd.us1.zitadel.cloud' },
      {
        'oidc.issuer': 'https://acme-ab12cd.us1.zitadel.cloud',
        'oidc.jwksUrl': 'https://acme-ab12cd.us1.zitadel.cloud/oauth/v2/keys',
        'oidc.userinfoUrl': 'https://acme-ab12cd.us1.zitadel.cloud/oidc/v1/userinfo',
        'oidc.endSessionUrl': 'https://acme-ab12cd.us1.zitadel.cloud/oidc/v1/end_session',
        'browserLogin.url': 'https://acme-ab12cd.us1.zitadel.cloud/oauth/v2/authorize',
        'browserLogin.tokenUrl': 'https://acme-ab12cd.us1.zitadel.cloud/oauth/v2/token',
        'clientAuthentication.methods.0': 'client_secret_basic',
        userinfo: 'whenMissing',
        scope: 'openid profile email',
      },
    ],
    [
      {
        zitadelUrl: 'https://auth.example.com',
        organizationId: '312345678901234568',
        idpId: '312345678901234569',
      },
      {
        userinfo: 'always',
        scope:
          'openid profile email urn:zitadel:iam:org:id:312345678901234568 urn:zitadel:iam:user:resourceowner urn:zitadel:iam:org:roles:id:312345678901234568 urn:zitadel:iam:org:idp:id:312345678901234569',
      },
    ],
    [
      {
        zitadelUrl: 'https://auth.example.com',
        roleOrganizationIds: ['312345678901234568', '999999999999999999'],
      },
      {
        userinfo: 'whenMissing',
        scope:
          'openid profile email urn:zitadel:iam:org:roles:id:312345678901234568 urn:zitadel:iam:org:roles:id:999999999999999999',
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { zitadelUrl: 'https://auth.example.com/ui/console/projects' },
      'zitadelUrl is a page of the instance, not its address. Use "https://auth.example.com".',
    ],
    [
      { zitadelUrl: 'https://zitadel.cloud' },
      'zitadelUrl is an address of the vendor, not of your instance. Copy the domain of the instance from the Customer Portal.',
    ],
    [
      { zitadelUrl: 'https://auth.example.com/' },
      'zitadelUrl must be the bare origin: remove the trailing "/". Use "https://auth.example.com".',
    ],
    [
      { zitadelUrl: 'auth.example.com' },
      'zitadelUrl must be the bare origin: add "https://". Use "https://auth.example.com".',
    ],
    [
      { organizationId: 'acme' },
      'organizationId must be a resource id, which consists of digits. Expected: Only members of this organization may sign in: its resource id.',
    ],
    [
      { roleOrganizationIds: ['acme'] },
      'roleOrganizationIds[0] must be a resource id, which consists of digits. Expected: Resource id of an organization.',
    ],
    [
      { idpId: 'google' },
      'idpId must be a resource id, which consists of digits. Expected: Identity provider to sign in with: its resource id.',
    ],
  ],
  accepts: [{ zitadelUrl: 'https://acme.zitadel.cloud' }, { organizationId: undefined }],
  identifies: [
    {
      options: { organizationId: undefined },
      claims: {
        sub: '312345678901234570',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        [rolesClaim]: assignedRoles,
      },
      identity: {
        subject: '312345678901234570',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        roles: ['admin', 'reader'],
      },
    },
    {
      claims: { sub: '1', [organizationClaim]: '312345678901234568', [rolesClaim]: assignedRoles },
      identity: { subject: '1', organization: '312345678901234568', roles: ['reader'] },
    },
    {
      options: { roleOrganizationIds: ['999999999999999999'] },
      claims: { sub: '1', [organizationClaim]: '312345678901234568', [rolesClaim]: assignedRoles },
      identity: { subject: '1', organization: '312345678901234568', roles: ['admin', 'reader'] },
    },
    {
      options: { organizationId: undefined, roleOrganizationIds: ['312345678901234568'] },
      claims: { sub: '1', [rolesClaim]: assignedRoles },
      identity: { subject: '1', roles: ['reader'] },
    },
    {
      claims: { sub: '1', [organizationClaim]: '312345678901234568' },
      identity: { subject: '1', organization: '312345678901234568' },
    },
    {
      claims: { sub: '1', [organizationClaim]: '999999999999999999' },
      refused: 'Sign in as a user of the organization',
    },
    { claims: { sub: '1' }, refused: 'Sign in as a user of the organization' },
  ],
  explains: { invalid_redirect_uri: 'Development Mode' },
})
