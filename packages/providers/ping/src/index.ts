import { bareHost, defineProvider, guid, shapedText } from '@portico/provider'

/** Top-level domains of PingOne by region, with the codes its console shows. */
const regions = {
  'north-america': { domain: 'com', code: 'NA' },
  canada: { domain: 'ca', code: 'CA' },
  europe: { domain: 'eu', code: 'EU' },
  singapore: { domain: 'sg', code: 'SG' },
  australia: { domain: 'com.au', code: 'AU' },
  'asia-pacific': { domain: 'asia', code: 'AP' },
} as const

/** Sign in with PingOne (https://apidocs.pingidentity.com/pingone/auth/v1/api/). */
export const ping = defineProvider({
  id: 'ping',
  name: 'PingOne',
  options: {
    environmentId: guid('Environment ID.').optional(),
    region: shapedText(
      'Region of the environment: `north-america` (default), `canada`, `europe`, `singapore`, `australia`, `asia-pacific`.',
      new RegExp(`^(?:${Object.keys(regions).join('|')})$`),
      { problem: `must be one of ${Object.keys(regions).join(', ')}` },
      Object.entries(regions).map(([name, { domain, code }]) => ({
        when: new RegExp(String.raw`^(?:${code}|(?:https://)?(?:auth\.)?pingone\.${domain})$`, 'i'),
        problem: 'is not the name of a region',
        remedy: `Use "${name}".`,
      })),
    ).optional(),
    customDomain: bareHost(
      'Custom domain, in place of environment ID and region.',
      Object.entries(regions).map(([name, { domain }]) => ({
        when: new RegExp(String.raw`^(?:https://)?[a-z]+\.pingone\.${domain}(?:[/:]|$)`, 'i'),
        problem: 'is an address of PingOne itself',
        remedy: `Set environmentId instead, and region to "${name}".`,
      })),
    ).optional(),
  },
  derive: ({ environmentId, region, customDomain, clientId }, report) => {
    if (customDomain !== undefined && (environmentId !== undefined || region !== undefined)) {
      report('customDomain', 'replaces environmentId and region', 'Remove those two, or customDomain.')
    }
    if (customDomain === undefined && environmentId === undefined) {
      report(
        'environmentId',
        'is missing',
        'Copy "Environment ID" from the overview of the environment, or set customDomain.',
      )
    }
    if (environmentId !== undefined && environmentId === clientId?.toLowerCase()) {
      report(
        'environmentId',
        'and clientId are the same value',
        'Copy "Environment ID" from the overview of the environment.',
      )
    }
    const { domain } = regionOf(region)
    const origin =
      customDomain === undefined
        ? `https://auth.pingone.${domain}/${environmentId}`
        : `https://${customDomain}`
    const issuer = `${origin}/as`
    return {
      oidc: {
        issuer,
        jwksUrl: `${issuer}/jwks`,
        userinfoUrl: `${issuer}/userinfo`,
        endSessionUrl: `${issuer}/signoff`,
        revocationUrl: `${issuer}/revoke`,
      },
      browserLogin: { url: `${issuer}/authorize`, tokenUrl: `${issuer}/token`, prompts: ['none', 'login'] },
    }
  },
  explain: {
    invalid_redirect_uri:
      'Add the callback address to "Redirect URIs", under "Configuration" of the application.',
    'Unsupported authentication method':
      'Set tokenEndpointAuthMethod to "Token Endpoint Authentication Method" of the application: each has exactly one.',
    invalid_client:
      'Check the secret, and that tokenEndpointAuthMethod equals "Token Endpoint Authentication Method" of the application.',
  },
})

function regionOf(region = 'north-america'): (typeof regions)[keyof typeof regions] {
  return Object.entries(regions).find(([name]) => name === region)?.[1] ?? regions['north-america']
}
