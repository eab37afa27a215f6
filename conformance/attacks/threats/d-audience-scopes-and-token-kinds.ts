import type { ThreatSection } from './threat.ts'

const verifier = 'packages/core/src/tokens/token-verifier.ts'
const signingKeys = 'packages/core/src/signing-keys.ts'

export const audienceScopesAndTokenKinds: ThreatSection = {
  letter: 'D',
  title: 'Audience, scopes, token kinds',
  threats: [
    {
      id: 'D01',
      attack: 'takes the token of one route to another route, host or spelling',
      sources: ['RFC 8707 section 2', 'RFC 9068 section 4'],
      defences: [
        {
          does: 'compares the audience of a token with the URL of the route',
          file: verifier,
          removal: {
            text: 'if (record.resource !== resourceUrl || !isTaken(settings, record)) return undefined',
            replacement: '',
          },
        },
      ],
    },
    {
      id: 'D02',
      attack: 'asks at the token endpoint for a resource that the user did not allow',
      sources: ['better-auth GHSA-p2fr-6hmx-4528'],
      defences: [
        {
          does: 'accepts only the granted resource, or none, before it uses up anything',
          file: 'packages/core/src/grants/requested-resource.ts',
          removal: {
            text: 'if (findResource(context.settings, requested) !== resource) {',
            replacement: 'if (requested.length === 0) {',
          },
        },
      ],
    },
    {
      id: 'D03',
      attack: 'leaves a token where it is logged or attached by itself: query, body, cookie, second header',
      sources: ['RFC 6750 section 2', 'RFC 9700 section 4.3.2'],
      defences: [
        {
          does: 'reads one bearer token, only from the Authorization header',
          file: 'packages/resource-server/src/resource-server.ts',
          removal: {
            text: "if (found.kind === 'several' || /[?&]access_token=/.test(facts.url)) return twoTokens",
            replacement: "if (found.kind === 'several') return twoTokens",
          },
        },
      ],
    },
    {
      id: 'D04',
      attack:
        'presents a token of the IdP, of another deployment, or of another server behind the same proxy',
      sources: ['IBM ContextForge GHSA-vgf8-3685-66j9', 'PrefectHQ/fastmcp CVE-2025-69196'],
      defences: [
        {
          does: 'signs and verifies only with keys from its own storage',
          file: signingKeys,
          removal: {
            text: 'const { payload } = await jwtVerify(token, keyFor, {',
            replacement:
              "const { decodeJwt } = await import('jose')\n        const { payload } = await (async (..._: unknown[]) => ({ payload: decodeJwt(token) }))(token, keyFor, {",
          },
        },
        {
          does: 'accepts a token only for the route and issuer that it names',
          file: verifier,
        },
      ],
    },
    {
      id: 'D05',
      attack: 'forges a JWT: no algorithm, the public key as a secret, injected keys, other types, padding',
      sources: [
        'honojs/hono CVE-2026-22817 (GHSA-f67f-6cw9-8mq4), CVE-2026-22818 (GHSA-3vhc-576x-3qv4)',
        'nearform/fast-jwt GHSA-mvf2-f6gm-w987',
      ],
      defences: [
        {
          does: 'verifies with its own key by kid, one algorithm and one type, whatever the header says',
          file: signingKeys,
          removal: {
            text: 'if (known) return known.publicKey',
            replacement:
              "if (known) return known.publicKey\n    if (header.jwk) return (await importJWK(header.jwk, 'ES256')) as CryptoKey",
          },
        },
        {
          does: 'accepts only the canonical encoding of a token',
          file: signingKeys,
        },
      ],
    },
    {
      id: 'D06',
      attack: 'obtains more scope than the user was shown',
      sources: ['PrefectHQ/fastmcp 3492'],
      defences: [
        {
          does: 'grants the scopes of the checked request, which are those of the page',
          file: 'packages/core/src/authorize/checks/allowed-scopes.ts',
          removal: {
            text: 'const known = [...resource.scopes.keys()].filter((scope) => requested.has(scope))',
            replacement: 'const known = [...requested]',
          },
        },
      ],
    },
    {
      id: 'D07',
      attack:
        'uses a token that is bound to a key without that key, or a proof that belongs to another request',
      sources: [
        'better-auth 10039',
        'MCP conformance suite auth/dpop',
        'RFC 9449 section 11',
        'RFC 9728 section 2',
      ],
      defences: [
        {
          does: 'checks every proof for key, method, URL, time, token and first use',
          file: 'packages/core/src/tokens/dpop-proof.ts',
          removal: {
            text: "if (!first) throw refused('The proof was used before.')",
            replacement: '',
          },
        },
        {
          does: 'accepts a bound token only with its proof',
          file: verifier,
          removal: {
            text: 'if ((record.dpopKey === undefined) !== (dpop === undefined)) return undefined',
            replacement: '',
          },
        },
        {
          does: 'accepts each kind of token only with its own scheme, whatever the verifier says',
          file: 'packages/resource-server/src/resource-server.ts',
        },
        {
          does: 'checks the proof of every request, even if the token is cached',
          file: verifier,
          removal: {
            text: 'if (dpop) return prove(',
            replacement: 'if (dpop && !found.result) return prove(',
          },
        },
        {
          does: 'accepts only proofs by the key that the token is bound to',
          file: 'packages/core/src/tokens/dpop-proof.ts',
          removal: {
            text: 'if (request.key !== undefined && thumbprint !== request.key) {',
            replacement: 'if (request.key === thumbprint && thumbprint === undefined) {',
          },
        },
        {
          does: 'accepts only proofs for the requested URL',
          file: 'packages/core/src/tokens/dpop-proof.ts',
          removal: {
            text: 'if (targetOf(claims.htu) !== targetOf(request.url))',
            replacement: 'if (targetOf(claims.htu) === undefined)',
          },
        },
        {
          does: 'issues no bearer tokens for a route that requires bound ones',
          file: 'packages/core/src/tokens/require-key.ts',
          removal: {
            text: 'if (!dpopBound || proven !== undefined) return',
            replacement: 'if (dpopBound) return',
          },
        },
      ],
    },
    {
      id: 'D08',
      attack: 'guesses a secret that the operator chose badly',
      sources: ['IBM ContextForge GHSA-8pcq-mx48-hjvj', 'babs/mcp-auth-proxy threat model'],
      defences: [
        {
          does: 'does not start with keys of fewer than 32 bytes',
          file: 'packages/core/src/parse-options.ts',
          removal: {
            text: "if (!development && !parsed.failed.has('keys') && options.keys === undefined) {",
            replacement: 'if (options.keys === null) {',
          },
        },
      ],
    },
  ],
}
