import { describeProvider } from '@portico/testkit'

import { ping } from '../src/index.ts'

const environmentId = '02fb4743-189a-4bc7-9d6c-a919edfe6447'
const credentials = {
  clientId: 'a3b1c2d4-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  clientSecret: 'p0Zr3vQ8mKxT2wLs~p0Zr3v',
}
const region = (name: string) => `region is not the name of a region. Use "${name}".`

describeProvider(ping, {
  options: { environmentId, region: 'europe', ...credentials },
  variants: [{ customDomain: 'login.example.com', ...credentials }],
  derives: [
    [
      { environmentId },
      {
        'oidc.issuer': `https://auth.pingone.com/${environmentId}/as`,
        'oidc.jwksUrl': `https://auth.pingone.com/${environmentId}/as/jwks`,
        'oidc.userinfoUrl': `https://auth.pingone.com/${environmentId}/as/userinfo`,
        'oidc.endSessionUrl': `https://auth.pingone.com/${environmentId}/as/signoff`,
        'oidc.revocationUrl': `https://auth.pingone.com/${environmentId}/as/revoke`,
        'browserLogin.url': `https://auth.pingone.com/${environmentId}/as/authorize`,
        'browserLogin.tokenUrl': `https://auth.pingone.com/${environmentId}/as/token`,
      },
    ],
    [{ environmentId, region: 'canada' }, { 'oidc.issuer': `https://auth.pingone.ca/${environmentId}/as` }],
    [{ environmentId, region: 'europe' }, { 'oidc.issuer': `https://auth.pingone.eu/${environmentId}/as` }],
    [
      { environmentId, region: 'singapore' },
      { 'oidc.issuer': `https://auth.pingone.sg/${environmentId}/as` },
    ],
    [
      { environmentId, region: 'australia' },
      { 'oidc.issuer': `https://auth.pingone.com.au/${environmentId}/as` },
    ],
    [
      { environmentId, region: 'asia-pacific' },
      { 'oidc.issuer': `https://auth.pingone.asia/${environmentId}/as` },
    ],
    [
      { customDomain: 'login.example.com' },
      {
        'oidc.issuer': 'https://login.example.com/as',
        'oidc.endSessionUrl': 'https://login.example.com/as/signoff',
      },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [{ region: 'NA' }, region('north-america')],
    [{ region: 'EU' }, region('europe')],
    [{ region: 'AP' }, region('asia-pacific')],
    [{ region: 'AU' }, region('australia')],
    [{ region: 'CA' }, region('canada')],
    [{ region: 'SG' }, region('singapore')],
    [{ region: 'pingone.eu' }, region('europe')],
    [
      { region: 'mars' },
      'region must be one of north-america, canada, europe, singapore, australia, asia-pacific. Expected: Region of the environment: `north-america` (default), `canada`, `europe`, `singapore`, `australia`, `asia-pacific`.',
    ],
    [
      { customDomain: 'login.example.com' },
      'customDomain replaces environmentId and region. Remove those two, or customDomain.',
    ],
    [
      { customDomain: 'login.example.com', region: undefined },
      'customDomain replaces environmentId and region. Remove those two, or customDomain.',
    ],
    [
      { environmentId: undefined },
      'environmentId is missing. Copy "Environment ID" from the overview of the environment, or set customDomain.',
    ],
    [
      { environmentId: credentials.clientId },
      'environmentId and clientId are the same value. Copy "Environment ID" from the overview of the environment.',
    ],
    [
      { environmentId: 'acme' },
      'environmentId must be a GUID of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx. Expected: Environment ID.',
    ],
    [
      { environmentId: undefined, region: undefined, customDomain: 'auth.pingone.com.au' },
      'customDomain is an address of PingOne itself. Set environmentId instead, and region to "australia".',
    ],
    [
      { environmentId: undefined, region: undefined, customDomain: 'https://login.example.com' },
      'customDomain must be a bare host name: remove "https://". Use "login.example.com".',
    ],
  ],
  accepts: [
    { region: 'asia-pacific' },
    { environmentId: undefined, region: undefined, customDomain: 'login.example.com' },
    { environmentId: undefined, region: undefined, customDomain: 'auth.pingone.com.example' },
  ],
  identifies: [
    {
      claims: {
        sub: 'f2b3c1a0-5a43-4cb2-9f6e-1c3f3a1b2c3d',
        name: 'Ada',
        email: 'ada@example.com',
        email_verified: true,
      },
      identity: {
        subject: 'f2b3c1a0-5a43-4cb2-9f6e-1c3f3a1b2c3d',
        name: 'Ada',
        email: { address: 'ada@example.com', verified: true },
      },
    },
  ],
  explains: {
    invalid_redirect_uri: 'Redirect URIs',
    invalid_client: 'Token Endpoint Authentication Method',
    'Request denied: Unsupported authentication method': 'exactly one',
  },
})
