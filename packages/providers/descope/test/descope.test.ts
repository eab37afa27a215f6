import { describeProvider } from '@portico/testkit'

import { descope } from '../src/index.ts'

const projectId = 'P2v9EBlmO4XTrOwMRfsY1jeUONxU'

describeProvider(descope, {
  options: {
    projectId,
    applicationType: 'inbound',
    descopeBaseUrl: 'https://auth.example.com',
    clientId: 'UDJ2OUVCbG1PNFhUck93TVJmc1kxamVVT054VTpUUEEz',
    clientSecret: 'p0Zr3vQ8mKxT2wLsp0Zr3vQ8mKxT2wLs',
  },
  derives: [
    [
      { projectId },
      {
        'oidc.issuer': `https://api.descope.com/${projectId}`,
        'oidc.jwksUrl': `https://api.descope.com/${projectId}/.well-known/jwks.json`,
        'oidc.userinfoUrl': 'https://api.descope.com/oauth2/v1/userinfo',
        'browserLogin.url': 'https://api.descope.com/oauth2/v1/authorize',
        'browserLogin.tokenUrl': 'https://api.descope.com/oauth2/v1/token',
        'hints.0.value': `https://api.descope.com/v1/apps/${projectId}`,
      },
    ],
    [
      { projectId: 'Peuc12v9EBlmO4XTrOwMRfsY1jeUONxU' },
      {
        'oidc.issuer': 'https://api.euc1.descope.com/Peuc12v9EBlmO4XTrOwMRfsY1jeUONxU',
        'browserLogin.tokenUrl': 'https://api.euc1.descope.com/oauth2/v1/token',
      },
    ],
    [
      { projectId, applicationType: 'inbound', descopeBaseUrl: 'https://auth.example.com' },
      {
        'oidc.issuer': `https://auth.example.com/v1/apps/${projectId}`,
        'oidc.jwksUrl': `https://auth.example.com/${projectId}/.well-known/jwks.json`,
        'oidc.userinfoUrl': 'https://auth.example.com/oauth2/v1/apps/userinfo',
        'oidc.endSessionUrl': undefined,
        userinfo: 'whenMissing',
        'browserLogin.url': 'https://auth.example.com/oauth2/v1/apps/authorize',
        'browserLogin.tokenUrl': 'https://auth.example.com/oauth2/v1/apps/token',
        'hints.0.remedy': 'The token is the project’s: set applicationType to "project".',
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { projectId: 'my-project' },
      'projectId must be a project id, which begins with "P". Copy "Project ID" from the project settings.',
    ],
    [
      { projectId: `https://api.descope.com/${projectId}` },
      'projectId must be a project id, which begins with "P". Copy "Project ID" from the project settings.',
    ],
    [
      { descopeBaseUrl: 'https://app.descope.com' },
      'descopeBaseUrl is an address of the vendor, not of the API. Remove it, or set your custom domain.',
    ],
    [{ applicationType: 'federated' }, 'applicationType must be one of "project", "inbound".'],
  ],
  accepts: [
    { applicationType: 'project', useUserinfo: 'always' },
    { useUserinfo: 'always' },
    { descopeBaseUrl: 'https://api.euc1.descope.com' },
  ],
  identifies: [
    {
      claims: { sub: 'U2abc', name: 'Ada', email: 'ada@example.com', email_verified: true },
      identity: { subject: 'U2abc', name: 'Ada', email: { address: 'ada@example.com', verified: true } },
    },
  ],
  explains: { invalid_redirect_uri: 'approved redirect URLs' },
})
