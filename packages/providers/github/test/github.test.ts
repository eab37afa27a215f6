import { describeProvider } from '@portico/testkit'

import { github } from '../src/index.ts'

const user = { id: 583231, login: 'ada', name: null, avatar_url: 'https://avatars.example.com/u/583231' }
const emails = [
  { email: 'ada@users.noreply.example.com', primary: false, verified: true },
  { email: 'ada@example.com', primary: true, verified: true },
]
const answers = (api: string) => ({
  [`${api}/user`]: user,
  [`${api}/user/emails`]: emails,
  [`${api}/user/memberships/orgs?state=active&per_page=100`]: [
    { organization: { login: 'Acme-Corp' } },
    { organization: { login: 'elsewhere' } },
  ],
})
/** Of somebody in more organizations than GitHub puts on one page. */
const manyPages = (api: string) => {
  const address = `${api}/user/memberships/orgs?state=active&per_page=100`
  const full = Array.from({ length: 100 }, (_, index) => ({ organization: { login: `other-${index}` } }))
  return {
    ...answers(api),
    [address]: full,
    [`${address}&page=2`]: [{ organization: { login: 'Acme-Corp' } }],
  }
}
const publicApi = answers('https://api.github.com')
const ada = {
  subject: '583231',
  name: 'ada',
  email: { address: 'ada@example.com', verified: true },
  picture: 'https://avatars.example.com/u/583231',
}

describeProvider(github, {
  options: {
    githubUrl: 'https://github.example.com',
    clientId: 'Iv23liAbCdEfGhIjKlMn',
    clientSecret: 'p0z83f2c9d1e4b5a6c7d8e9f0a1b2c3d4e5f6a7b',
  },
  derives: [
    [
      {},
      {
        'oidc.issuer': 'https://github.com/login/oauth',
        'oidc.jwksUrl': undefined,
        'browserLogin.url': 'https://github.com/login/oauth/authorize',
        'browserLogin.tokenUrl': 'https://github.com/login/oauth/access_token',
        'browserLogin.nonce': 'absent',
        'clientAuthentication.errorsWithStatus200': true,
        scope: 'read:user user:email',
      },
    ],
    [
      { githubUrl: 'https://github.example.com', organizations: ['acme-corp'] },
      {
        'oidc.issuer': 'https://github.example.com/login/oauth',
        'browserLogin.url': 'https://github.example.com/login/oauth/authorize',
        scope: 'read:user user:email read:org',
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { githubUrl: 'https://api.acme.ghe.com' },
      'githubUrl is the address of the API. Use "https://acme.ghe.com".',
    ],
    [{ clientId: 'my app' }, 'clientId must be a client id. Expected: Client ID.'],
    [
      { scope: 'read:user offline_access' },
      'scope names "offline_access", which this provider does not know. Use "read:user".',
    ],
    [
      { githubUrl: 'https://api.github.com' },
      'githubUrl is an address of github.com, which is the default. Remove it.',
    ],
    [
      { githubUrl: 'https://github.example.com/api/v3' },
      'githubUrl must be the bare origin: remove "/api/v3". Use "https://github.example.com".',
    ],
    [
      { clientId: '123456' },
      'clientId is the App ID. Copy "Client ID", which begins with "Iv" or "Ov" on newer apps.',
    ],
    [{ clientId: 'ghp_0123456789abcdef' }, 'clientId is an access token. Copy "Client ID" of the app.'],
    [
      { clientSecret: 'ghp_0123456789abcdef' },
      'clientSecret is an access token. Generate a client secret in the settings of the app.',
    ],
    [
      { organizations: ['https://github.com/acme'] },
      'organizations[0] must be the login of an organization, as it stands in its address. Expected: Login of the organization.',
    ],
    [{ organizations: [] }, 'organizations must not be an empty list.'],
    [
      { useUserinfo: 'always' },
      'useUserinfo has no meaning here: this provider issues no ID token. Remove it.',
    ],
    [
      { allowedIdTokenClaims: { a: 'b' } },
      'allowedIdTokenClaims has no meaning here: this provider issues no ID token. Remove it.',
    ],
  ],
  accepts: [{ githubUrl: undefined }, { organizations: ['acme-corp'] }, { scope: 'read:user' }],
  identifies: [
    { options: { githubUrl: undefined }, claims: {}, answers: publicApi, identity: ada },
    { claims: {}, answers: answers('https://github.example.com/api/v3'), identity: ada },
    {
      options: { githubUrl: 'https://acme.ghe.com' },
      claims: {},
      answers: answers('https://api.acme.ghe.com'),
      identity: ada,
    },
    {
      options: { githubUrl: undefined, organizations: ['acme-corp', 'other'] },
      claims: {},
      answers: publicApi,
      identity: { ...ada, groups: ['Acme-Corp'] },
    },
    {
      options: { githubUrl: undefined, organizations: ['acme-corp'] },
      claims: {},
      answers: manyPages('https://api.github.com'),
      identity: { ...ada, groups: ['Acme-Corp'] },
    },
    {
      options: { githubUrl: undefined, organizations: ['other'] },
      claims: {},
      answers: publicApi,
      refused: 'Sign in as a member of other',
    },
    {
      options: { githubUrl: undefined },
      claims: {},
      answers: {
        ...publicApi,
        'https://api.github.com/user/emails': [{ email: 'ada@example.com', primary: true, verified: false }],
      },
      identity: { ...ada, email: { address: 'ada@example.com', verified: false } },
    },
    {
      options: { githubUrl: undefined },
      claims: {},
      answers: {
        ...publicApi,
        'https://api.github.com/user': { ...user, name: 'Ada Lovelace', avatar_url: null },
        'https://api.github.com/user/emails': [
          { email: 'other@example.com', primary: false, verified: true },
        ],
      },
      identity: { subject: '583231', name: 'Ada Lovelace' },
    },
  ],
  explains: {
    bad_verification_code: 'older than ten minutes',
    incorrect_client_credentials: 'of one app',
    redirect_uri_mismatch: 'Authorization callback URL',
  },
})
