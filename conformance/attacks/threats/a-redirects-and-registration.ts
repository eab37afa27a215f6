import type { ThreatSection } from './threat.ts'

export const redirectsAndRegistration: ThreatSection = {
  letter: 'A',
  title: 'Redirects and registration',
  threats: [
    {
      id: 'A01',
      attack:
        'sends a user with a redirect URI that the client never registered, and waits there for the code',
      sources: [
        'cloudflare/workers-oauth-provider GHSA-4pc9-x2fx-p7vj (CVE-2025-4143)',
        'turbo-ea GHSA-wx5f-576r-gpcx',
        'authorizer GHSA-x3f4-v83f-7wp2',
      ],
      defences: [
        {
          does: 'requires an exactly matching redirect URI before it redirects anything',
          file: 'packages/core/src/clients/redirect-uri.ts',
          removal: {
            text: 'if (client.redirectUris.includes(requested)) return requested',
            replacement: 'if (requested) return requested',
          },
        },
      ],
    },
    {
      id: 'A02',
      attack: 'sends a user with a client id that nobody registered, and any redirect URI',
      sources: ['cloudflare/workers-oauth-provider PR 52'],
      defences: [
        {
          does: 'shows errors on its own page until client and redirect URI are verified',
          file: 'packages/core/src/authorize/checks/known-client.ts',
          removal: {
            text: 'const client = await findClient(context, clientId)',
            replacement:
              "const client = (await findClient(context, clientId)) ?? { clientId, origin: 'registered' as const, redirectUris: [parameters.get('redirect_uri') ?? ''], grantTypes: [], authMethod: 'none' as const, createdAt: 0 }",
          },
        },
      ],
    },
    {
      id: 'A03',
      attack: 'registers a redirect URI that runs code or reads files, in any disguise',
      sources: [
        'cloudflare/workers-oauth-provider 97',
        'better-auth GHSA-86j7-9j95-vpqj',
        'PrefectHQ/fastmcp 4419',
      ],
      defences: [
        {
          does: 'refuses scriptable schemes, whatever an allow-list says',
          file: 'packages/core/src/clients/redirect-uri.ts',
          removal: {
            text: 'const scheme = rawScheme.toLowerCase()',
            replacement:
              "const scheme = rawScheme.toLowerCase()\n  if (forbiddenSchemes.has(scheme)) return 'https'",
          },
        },
        {
          does: 'refuses spaces, control characters and backslashes, which parsers drop or repair',
          file: 'packages/core/src/clients/redirect-uri.ts',
        },
      ],
    },
    {
      id: 'A04',
      attack: 'registers a redirect URI that the gateway and a browser read differently',
      sources: ['PrefectHQ/fastmcp 3963'],
      defences: [
        {
          does: 'accepts a host only in its normal form, without user information, dot segments or fragment',
          file: 'packages/core/src/clients/redirect-uri.ts',
          removal: {
            text: "if (authority.includes('@')) return unsafe('must not have user information')",
            replacement: "if (authority.includes('@')) return 'https'",
          },
        },
      ],
    },
    {
      id: 'A05',
      attack: 'uses the freedom of loopback ports to reach another host, path or scheme',
      sources: ['RFC 8252 section 7.3', 'anthropics/claude-code 37767'],
      defences: [
        {
          does: 'ignores the port of a literal loopback host and compares everything else',
          file: 'packages/core/src/clients/redirect-uri.ts',
          removal: {
            text: 'return template?.host === loopback.host && template.rest === loopback.rest',
            replacement: 'return template !== undefined',
          },
        },
      ],
    },
    {
      id: 'A06',
      attack: 'redeems a code with another redirect URI than the one it was issued for',
      sources: ['RFC 6749 section 4.1.3'],
      defences: [
        {
          does: 'compares the redirect URI of the token request with that of the authorization request',
          file: 'packages/core/src/grants/redeem-code.ts',
          removal: {
            text: 'if (redirectUri !== undefined && redirectUri !== code.redirectUri) {',
            replacement: 'if (redirectUri === undefined) {',
          },
        },
      ],
    },
    {
      id: 'A07',
      attack: 'registers links, markup or text direction that deceive the reader of the consent page',
      sources: ['cloudflare/workers-oauth-provider 218', 'Nova Security: MCP OAuth consent phishing'],
      defences: [
        {
          does: 'keeps only https links and removes characters that change the direction of text',
          file: 'packages/core/src/clients/client-metadata.ts',
          removal: {
            text: "const clean = value?.replaceAll(/[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}\\u2028\\u2029]/gu, '').trim()",
            replacement: 'const clean = value?.trim()',
          },
        },
        { does: 'escapes all text in pages', file: 'packages/core/src/pages/html.ts' },
      ],
    },
    {
      id: 'A08',
      attack: 'registers for grants, methods or privileges that it may not choose, or opts out of PKCE',
      sources: ['better-auth 1.7 release notes'],
      defences: [
        {
          does: 'accepts only known members with supported values in a registration',
          file: 'packages/core/src/clients/client-metadata.ts',
          removal: {
            text: 'const usable = registrable.filter((grantType) => named.includes(grantType))',
            replacement: 'const usable = [...named]',
          },
        },
      ],
    },
    {
      id: 'A09',
      attack: 'floods registration with large or many registrations',
      sources: ['cloudflare/workers-oauth-provider 0.5.0', 'chrisdoc/hevy-mcp 682'],
      defences: [
        {
          does: 'limits the size of the body, of lists and of every text in a registration',
          file: 'packages/core/src/clients/metadata-members.ts',
          removal: { text: 'const maxRedirectUris = 20', replacement: 'const maxRedirectUris = 2000' },
        },
        {
          does: 'forgets clients that are never used',
          file: 'packages/core/src/endpoints/register.ts',
          removal: {
            text: 'expiresAt: createdAt + registration.unusedClientTtlSeconds,',
            replacement: 'expiresAt: createdAt + registration.clientTtlSeconds,',
          },
        },
      ],
    },
    {
      id: 'A10',
      attack: 'authenticates with the secret of another client, with another method, or with several at once',
      sources: ['cloudflare/workers-oauth-provider 207, 247, 276'],
      defences: [
        {
          does: 'accepts only the method the client registered, and compares the secret in constant time',
          file: 'packages/core/src/clients/authenticate-client.ts',
          removal: {
            text: 'if (!allowed.includes(credentials.method)) {',
            replacement: "if (credentials.method === 'none') return\n  if (allowed.length === 0) {",
          },
        },
      ],
    },
    {
      id: 'A11',
      attack: 'reads, changes or deletes clients and grants of somebody else',
      sources: ['better-auth GHSA-xr8f-h2gw-9xh6 (CVE-2026-41427)', 'IBM ContextForge ee676553f, e38a9ce85'],
      defences: [
        {
          does: 'lets a client be managed only with the token that was issued to it',
          file: 'packages/core/src/endpoints/manage-client.ts',
          removal: {
            text: '!equalInConstantTime(hash, sha256Text(managementToken))',
            replacement: 'hash === managementToken',
          },
        },
        {
          does: 'looks a grant up among those of the signed-in user',
          file: 'packages/core/src/grants/withdraw-grant.ts',
        },
        {
          does: 'accepts changes only from pages of its own origin',
          file: 'packages/gateway/src/account-api.ts',
          removal: {
            text: "if (method === 'DELETE' && !request.headers.get('x-requested-with')) {",
            replacement: "if (method === 'POST') {",
          },
        },
      ],
    },
  ],
}
