import { describeProvider } from '@portico/testkit'

import { cloudflareAccess } from '../src/index.ts'

const clientId = 'd4b3d44dfed7195381aa40491e54dbc7'
const issuer = `https://acme.cloudflareaccess.com/cdn-cgi/access/sso/oidc/${clientId}`

describeProvider(cloudflareAccess, {
  options: { teamName: 'acme', clientId, clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs' },
  derives: [
    [
      { teamName: 'acme', clientId },
      {
        'oidc.issuer': issuer,
        'oidc.jwksUrl': `${issuer}/jwks`,
        'oidc.userinfoUrl': `${issuer}/userinfo`,
        'browserLogin.url': `${issuer}/authorization`,
        'browserLogin.tokenUrl': `${issuer}/token`,
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { teamName: 'https://acme.cloudflareaccess.com' },
      'teamName must be the team name alone, without ".cloudflareaccess.com". Use "acme".',
    ],
    [
      { teamName: 'https://one.dash.cloudflare.com/abc' },
      'teamName is the address of the dashboard. Copy the team name from Settings of Zero Trust.',
    ],
    [
      { teamName: 'Acme' },
      'teamName must be in lower case: the issuer is compared byte by byte. Use "acme".',
    ],
    [{ clientId: issuer }, 'clientId must be the client id, not a URL. Copy "Client ID" of the application.'],
    [
      { clientId: `${clientId}/x` },
      'clientId contains "/": it is one segment of a path. Give only the name, not encoded.',
    ],
  ],
  accepts: [{ teamName: 'acme-corp' }],
  identifies: [
    {
      claims: { sub: 'f2b3c1a0', name: 'Ada', email: 'ada@example.com', groups: ['staff'] },
      identity: {
        subject: 'f2b3c1a0',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: false },
        groups: ['staff'],
      },
    },
  ],
  explains: { invalid_redirect_uri: 'Redirect URLs' },
})
