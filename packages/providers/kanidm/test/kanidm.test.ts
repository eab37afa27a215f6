import { describeProvider } from '@portico/testkit'

import { kanidm } from '../src/index.ts'

describeProvider(kanidm, {
  options: {
    kanidmUrl: 'https://idm.example.com',
    clientId: 'portico',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      { kanidmUrl: 'https://idm.example.com', clientId: 'portico' },
      {
        'oidc.issuer': 'https://idm.example.com/oauth2/openid/portico',
        'oidc.jwksUrl': 'https://idm.example.com/oauth2/openid/portico/public_key.jwk',
        'oidc.userinfoUrl': 'https://idm.example.com/oauth2/openid/portico/userinfo',
        'oidc.algorithms': ['ES256', 'RS256'],
        'browserLogin.url': 'https://idm.example.com/ui/oauth2',
        'browserLogin.tokenUrl': 'https://idm.example.com/oauth2/token',
        'clientAuthentication.methods': ['client_secret_basic'],
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { kanidmUrl: 'https://idm.example.com/oauth2/openid/portico' },
      'kanidmUrl must be the bare origin: remove "/oauth2/openid/portico". Use "https://idm.example.com".',
    ],
    [
      { kanidmUrl: 'https://idm.example.com/ui' },
      'kanidmUrl must be the bare origin: remove "/ui". Use "https://idm.example.com".',
    ],
    [
      { clientId: 'My Portico' },
      'clientId looks like the display name. Use the name of the client, in lower case.',
    ],
    [
      { clientId: 'a/../b' },
      'clientId contains "/": it is one segment of a path. Give only the name, not encoded.',
    ],
    [
      { tokenEndpointAuthMethod: 'client_secret_post' },
      'tokenEndpointAuthMethod is not a method this provider knows. Use "client_secret_basic".',
    ],
  ],
  accepts: [{ tokenEndpointAuthMethod: 'client_secret_basic' }, { clientId: 'portico_test-1' }],
  identifies: [
    {
      claims: {
        sub: 'f2b3c1a0-5a43-4cb2-9f6e-1c3f3a1b2c3d',
        name: 'Ada',
        preferred_username: 'ada@idm.example.com',
        email: 'ada@example.com',
        email_verified: true,
        groups: ['staff@idm.example.com'],
      },
      identity: {
        subject: 'f2b3c1a0-5a43-4cb2-9f6e-1c3f3a1b2c3d',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        groups: ['staff@idm.example.com'],
      },
    },
  ],
  explains: { invalid_redirect_uri: 'add-redirect-url', access_denied: 'update-scope-map' },
})
