import { describeProvider } from '@portico/testkit'

import { gitlab } from '../src/index.ts'

describeProvider(gitlab, {
  options: {
    gitlabUrl: 'https://gitlab.example.com',
    clientId: 'c0ffee1234567890c0ffee1234567890c0ffee1234567890c0ffee1234567890',
    clientSecret: 'gloas-p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      {},
      {
        'oidc.issuer': 'https://gitlab.com',
        'oidc.jwksUrl': 'https://gitlab.com/oauth/discovery/keys',
        'oidc.userinfoUrl': 'https://gitlab.com/oauth/userinfo',
        'browserLogin.url': 'https://gitlab.com/oauth/authorize',
        'browserLogin.tokenUrl': 'https://gitlab.com/oauth/token',
        'browserLogin.prompts': ['none', 'login'],
      },
    ],
    [
      { gitlabUrl: 'https://example.com/gitlab' },
      {
        'oidc.issuer': 'https://example.com/gitlab',
        'oidc.jwksUrl': 'https://example.com/gitlab/oauth/discovery/keys',
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
      { gitlabUrl: 'https://gitlab.example.com/-/user_settings/applications' },
      'gitlabUrl is a page of GitLab, not its address. Use "https://gitlab.example.com".',
    ],
    [
      { gitlabUrl: 'https://example.com/gitlab/oauth/authorize' },
      'gitlabUrl is a page of GitLab, not its address. Use "https://example.com/gitlab".',
    ],
    [
      { gitlabUrl: 'https://gitlab.example.com/' },
      'gitlabUrl must be a base URL: remove the trailing "/". Use "https://gitlab.example.com".',
    ],
    [
      { clientSecret: 'glpat-p0Zr3vQ8mKxT2wLs' },
      'clientSecret is a personal access token. Copy "Secret" of the application, which begins with "gloas-" on newer versions.',
    ],
  ],
  accepts: [{ gitlabUrl: undefined }, { gitlabUrl: 'https://example.com/gitlab' }],
  identifies: [
    {
      claims: {
        sub: '1234',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
        groups_direct: ['acme'],
      },
      identity: {
        subject: '1234',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
        groups: ['acme'],
      },
    },
    {
      claims: { sub: '1234', groups: ['acme', 'acme/it'], groups_direct: ['acme'] },
      identity: { subject: '1234', groups: ['acme', 'acme/it'] },
    },
  ],
  explains: { invalid_redirect_uri: 'Redirect URI' },
})
