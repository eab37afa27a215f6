import type { ThreatSection } from './threat.ts'

const addressGuard = 'packages/safe-fetch/src/address-guard.ts'
const specialAddresses = 'packages/safe-fetch/src/special-addresses.ts'
const clientDocuments = 'packages/core/src/clients/client-documents.ts'
const discoverUpstream = 'packages/connections/src/discover-upstream.ts'

export const serverSideRequests: ThreatSection = {
  letter: 'F',
  title: 'Fetching what others name',
  threats: [
    {
      id: 'F01',
      attack: 'names an address inside the network as a client, a key set or metadata, in any spelling',
      sources: ['vercel/ai 20578', 'bayesimpact/bayes-platform 710', 'SkillfulAgents/SuperAgent 235'],
      defences: [
        {
          does: 'connects only to public addresses, according to the special-purpose registries',
          file: specialAddresses,
          removal: {
            text: "if (address.kind() === 'ipv4') return !specialIPv4.some((range) => isInRange(address, range))",
            replacement: "if (address.kind() === 'ipv4') return true",
          },
        },
        {
          does: 'refuses names of the local network before it resolves them',
          file: addressGuard,
          removal: {
            text: "if (!host.includes('.') || localNames.test(host)) {",
            replacement: "if (host === '') {",
          },
        },
      ],
    },
    {
      id: 'F02',
      attack: 'hides an internal address in an IPv6 address',
      sources: ['stacklok/toolhive 26912af45', 'PrefectHQ/fastmcp 4400, 4426'],
      defences: [
        {
          does: 'accepts only global unicast, without the ranges that contain IPv4 addresses',
          file: specialAddresses,
          removal: { text: 'isInRange(address, globalIPv6) &&', replacement: '' },
        },
      ],
    },
    {
      id: 'F03',
      attack: 'changes what a name resolves to between check and connection, or mixes good and bad addresses',
      sources: ['IBM ContextForge fba11a99b', 'better-auth: transport of client documents'],
      defences: [
        {
          does: 'resolves once, checks every address and connects to those',
          file: addressGuard,
          removal: {
            text: 'for (const address of addresses) checkAddress(url, address)',
            replacement: 'for (const address of addresses.slice(0, 0)) checkAddress(url, address)',
          },
        },
      ],
    },
    {
      id: 'F04',
      attack: 'redirects a request from a good address to a bad one',
      sources: ['stacklok/toolhive 4ea6afb90', 'vercel/ai 20578'],
      defences: [
        {
          does: "follows no redirects, not even with the runtime's fetch",
          file: 'packages/safe-fetch/src/portable-transport.ts',
          removal: { text: "redirect: 'manual',", replacement: "redirect: 'follow'," },
        },
        {
          does: 'treats a redirect as a failure',
          file: 'packages/safe-fetch/src/refuse-redirect.ts',
        },
        {
          does: 'accepts a client document only from a 200 response',
          file: clientDocuments,
        },
      ],
    },
    {
      id: 'F05',
      attack: 'spells a host so that it matches an allow list',
      sources: ['IBM ContextForge ba6c7e718'],
      defences: [
        {
          does: 'compares host names whole, after the parser of the transport',
          file: addressGuard,
          removal: { text: 'host.endsWith(entry.slice(1))', replacement: 'host.includes(entry.slice(2))' },
        },
      ],
    },
    {
      id: 'F06',
      attack: 'answers slowly, endlessly, compressed, deeply nested or with another type',
      sources: ['CWE-400', 'draft-ietf-oauth-client-id-metadata-document section 6'],
      defences: [
        {
          does: 'reads at most 5 KB of JSON',
          file: clientDocuments,
          removal: { text: 'const maxDocumentBytes = 5120', replacement: 'const maxDocumentBytes = 512_000' },
        },
      ],
    },
    {
      id: 'F07',
      attack: 'makes the gateway fetch endlessly: many client ids, one host, many at once',
      sources: ['better-auth 1.7 release notes'],
      defences: [
        {
          does: 'fetches a document once for concurrent requests',
          file: clientDocuments,
          removal: { text: 'if (already) return already', replacement: '' },
        },
        {
          does: 'limits fetches per host and in total',
          file: 'packages/core/src/clients/fetch-budget.ts',
          removal: {
            text: 'if (spent >= total || ofHost >= perHost) {',
            replacement: 'if (spent >= total) {',
          },
        },
      ],
    },
    {
      id: 'F08',
      attack: 'publishes a client document about another id, with secrets in it, or one that turns bad later',
      sources: ['cloudflare/workers-oauth-provider 0.10.2', 'panva/node-oidc-provider 9.11'],
      defences: [
        {
          does: 'accepts a document only if its client_id is exactly the URL it was fetched from',
          file: clientDocuments,
          removal: {
            text: 'if (document.client_id !== clientId) {',
            replacement: 'if (document.client_id === undefined) {',
          },
        },
      ],
    },
    {
      id: 'F09',
      attack: 'has an identity provider registered that lies inside the network',
      sources: ['better-auth GHSA-5rr4-8452-hf4v'],
      defences: [
        {
          does: 'takes providers only from the configuration, and allows their hosts for nobody else',
          file: 'packages/core/src/create-context.ts',
          removal: {
            text: 'const fetch = options.fetch ?? createSafeFetch({ development: settings.development })',
            replacement: 'const fetch = options.fetch ?? createProviderFetch(settings)',
          },
        },
      ],
    },
    {
      id: 'F10',
      attack: 'publishes metadata that mixes a good authorization server with endpoints of its own',
      sources: ['modelcontextprotocol 1721, 544', 'RFC 8414 section 3.3', 'RFC 9728 section 3.3'],
      defences: [
        {
          does: 'requires an exactly matching issuer in metadata, and stores credentials by issuer',
          file: discoverUpstream,
          removal: {
            text: 'if (document.issuer !== issuer && `${document.issuer}/` !== issuer && document.issuer !== `${issuer}/`) {',
            replacement: 'if (document.issuer === undefined) {',
          },
        },
        {
          does: 'accepts resource metadata only for exactly that resource',
          file: discoverUpstream,
          removal: {
            text: 'if (document && coversResource(document.resource, upstream.url)) return document',
            replacement: 'if (document) return document',
          },
        },
      ],
    },
    {
      id: 'F11',
      attack: 'names an authorization endpoint that runs a program or a script when it is opened',
      sources: ['mcp-remote CVE-2025-6514'],
      defences: [
        {
          does: 'sends browsers only to https URLs',
          file: discoverUpstream,
          removal: {
            text: 'requireWebScheme(endpoint, context.development)',
            replacement: 'if (endpoint.length === 0) requireWebScheme(endpoint, context.development)',
          },
        },
      ],
    },
  ],
}
