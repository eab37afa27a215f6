import { describeProvider } from '@portico/testkit'

import { scalekit } from '../src/index.ts'

describeProvider(scalekit, {
  options: {
    environmentUrl: 'https://acme.scalekit.com',
    organizationId: 'org_69615647365005430',
    connectionId: 'conn_69615647365005430',
    clientId: 'skc_69615647365005430',
    clientSecret: 'test_p0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      { environmentUrl: 'https://acme.scalekit.com' },
      {
        'oidc.issuer': 'https://acme.scalekit.com',
        'oidc.jwksUrl': 'https://acme.scalekit.com/keys',
        'oidc.userinfoUrl': 'https://acme.scalekit.com/userinfo',
        'oidc.endSessionUrl': 'https://acme.scalekit.com/oidc/logout',
        'browserLogin.url': 'https://acme.scalekit.com/oauth/authorize',
        'browserLogin.tokenUrl': 'https://acme.scalekit.com/oauth/token',
      },
    ],
    [
      {
        environmentUrl: 'https://auth.example.com',
        organizationId: 'org_69615647365005430',
        connectionId: 'conn_69615647365005430',
      },
      {
        'oidc.requiredClaims': { oid: 'org_69615647365005430' },
        'browserLogin.parameters': {
          organization_id: 'org_69615647365005430',
          connection_id: 'conn_69615647365005430',
        },
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { environmentUrl: 'https://acme.scalekit.com/' },
      'environmentUrl must be the bare origin: remove the trailing "/". Use "https://acme.scalekit.com".',
    ],
    [
      { environmentUrl: 'https://app.scalekit.com' },
      'environmentUrl is an address of the vendor, not of your environment. Copy "Environment URL" from Developers → API Credentials.',
    ],
    [
      { environmentUrl: 'https://acme.scalekit.com/resources/res_123' },
      'environmentUrl is a resource (an MCP server), not the environment. Use "https://acme.scalekit.com".',
    ],
    [
      { organizationId: 'acme' },
      'organizationId must be an organization id, which begins with "org_". Copy the id, not the name.',
    ],
    [
      { connectionId: 'acme' },
      'connectionId must be a connection id, which begins with "conn_". Copy the id, not the name.',
    ],
  ],
  accepts: [{ environmentUrl: 'https://auth.example.com' }],
  identifies: [
    {
      claims: {
        sub: 'usr_1',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        oid: 'org_69615647365005430',
      },
      identity: {
        subject: 'usr_1',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        organization: 'org_69615647365005430',
      },
    },
  ],
  explains: { invalid_redirect_uri: 'Redirects' },
})
