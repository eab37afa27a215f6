import type { ThreatSection } from './threat.ts'

const clientAssertion = 'packages/core/src/clients/client-assertion.ts'
const supportedFeatures = 'packages/core/src/supported-features.ts'

export const machinesAndAssertions: ThreatSection = {
  letter: 'I',
  title: 'ID-JAG, token exchange, machine clients',
  threats: [
    {
      id: 'I01',
      attack:
        'presents an assertion of a user that was meant for somebody else, is old, or comes from an unknown issuer',
      sources: ['cloudflare/workers-oauth-provider 273, 303', 'MCP: enterprise-managed authorization'],
      defences: [
        {
          does: 'accepts an assertion only of the right type, for itself, from the client that it names, and once',
          file: 'packages/core/src/grants/verify-identity-assertion.ts',
          removal: { text: 'checkType(assertion)\n', replacement: '' },
        },
        {
          does: 'accepts assertions only where the operator has configured their issuers',
          file: supportedFeatures,
        },
      ],
    },
    {
      id: 'I02',
      attack: 'has the subject or the address of a user at another issuer',
      sources: ['Descope: nOAuth', 'OpenID Connect Core section 5.7'],
      defences: [
        {
          does: 'identifies an account by issuer and subject, and nothing else',
          file: 'packages/core/src/login/account.ts',
          removal: {
            text: 'return sha256Text(JSON.stringify([issuer, providerSubject]))',
            replacement: 'return sha256Text(JSON.stringify([issuer.length > 0, providerSubject]))',
          },
        },
      ],
    },
    {
      id: 'I03',
      attack: 'exchanges a token for one that reaches further, lives longer or acts for a user',
      sources: ['RFC 8693 section 5', 'RFC 6749 section 4.4'],
      defences: [
        {
          does: 'exchanges only tokens of the routes that are listed for the client',
          file: 'packages/core/src/grants/exchange-token.ts',
          removal: {
            text: 'if (!client.exchanges?.from.includes(token.resource)) return undefined',
            replacement: 'if (!client.exchanges) return undefined',
          },
        },
        {
          does: 'grants a machine only the routes and scopes that the operator has listed',
          file: 'packages/core/src/grants/act-as-client.ts',
          removal: {
            text: 'if (!resource || others.length > 0 || !own.includes(resource.url)) {',
            replacement: 'if (!resource) {',
          },
        },
        {
          does: 'exchanges a token only one step deep, for the routes and scopes that the operator has listed, and no longer than the grant',
          file: 'packages/core/src/grants/exchange-token.ts',
        },
      ],
    },
    {
      id: 'I04',
      attack:
        'replays a client assertion, on another node or while the storage is unavailable, or presents one for another server',
      sources: ['RFC 7523 section 3', 'draft-ietf-oauth-rfc7523bis'],
      defences: [
        {
          does: 'accepts only short-lived assertions for itself, once across all nodes',
          file: clientAssertion,
          removal: {
            text: "if (!first) throw refused('The client assertion was used before.')",
            replacement: '',
          },
        },
      ],
    },
    {
      id: 'I05',
      attack: 'has a user approve a device that is not the one they see',
      sources: ['better-auth GHSA-cq3f-vc6p-68fh (CVE-2026-45337)', 'RFC 8628 section 5.4'],
      defences: [
        {
          does: 'binds the decision about a device to the user and the code of the page',
          file: 'packages/core/src/endpoints/device.ts',
          removal: {
            text: "if (!isCsrfToken(vault, bindingOf(user, code), form.get('csrf') ?? '')) {",
            replacement: "if (form.get('csrf') === null) {",
          },
        },
        {
          does: 'offers no device grant unless the operator enables it',
          file: supportedFeatures,
        },
        {
          does: 'requires sign-in first, shows the code to compare, accepts one decision, and counts the codes that a user tries',
          file: 'packages/core/src/endpoints/device.ts',
        },
      ],
    },
  ],
}
