import type { ThreatSection } from './threat.ts'

const pkce = 'packages/core/src/authorize/checks/pkce-s256.ts'
const redeemCode = 'packages/core/src/grants/redeem-code.ts'

export const codesAndPkce: ThreatSection = {
  letter: 'B',
  title: 'Codes and PKCE',
  threats: [
    {
      id: 'B01',
      attack: 'starts without a code challenge, so that a stolen code is enough',
      sources: ['cloudflare/workers-oauth-provider 253', 'chrisdoc/hevy-mcp 682'],
      defences: [
        {
          does: 'requires a code challenge from every client',
          file: pkce,
          removal: {
            text: "const codeChallenge = parameters.get('code_challenge')",
            replacement:
              "const codeChallenge = parameters.get('code_challenge') ?? 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'\n  if (parameters.get('code_challenge') === undefined) return { codeChallenge }",
          },
        },
      ],
    },
    {
      id: 'B02',
      attack: 'redeems a code without its verifier, or with another one',
      sources: ['cloudflare/workers-oauth-provider PR 27 (CVE-2025-4144)'],
      defences: [
        {
          does: 'compares the hash of the verifier, for every code',
          file: redeemCode,
          removal: {
            text: 'if (!equalInConstantTime(sha256Text(verifier), code.codeChallenge)) {',
            replacement: 'if (sha256Text(verifier).length === 0) {',
          },
        },
      ],
    },
    {
      id: 'B03',
      attack: 'downgrades the challenge: plain, unknown methods, too short, another alphabet',
      sources: ['RFC 7636 section 4', 'RFC 9700 section 2.1.1'],
      defences: [
        {
          does: 'accepts only S256',
          file: pkce,
          removal: {
            text: "if (parameters.get('code_challenge_method') !== 'S256') {",
            replacement: "if (parameters.get('code_challenge_method') === 'none') {",
          },
        },
      ],
    },
    {
      id: 'B04',
      attack: 'redeems a stolen code a second time, or tries to revoke with codes that only look alike',
      sources: ['cloudflare/workers-oauth-provider 144, 225', 'RFC 6749 section 4.1.2'],
      defences: [
        {
          does: 'revokes everything issued for a reused code, once the request has proven to be a real reuse',
          file: redeemCode,
          removal: {
            text: "await revokeGrant(context, code.grantId, 'code_reuse')",
            replacement: '',
          },
        },
      ],
    },
    {
      id: 'B05',
      attack: 'redeems one code twice at the same moment, on two nodes',
      sources: ['better-auth GHSA-7w99-5wm4-3g79'],
      defences: [
        {
          does: 'redeems a code with one conditional write, which only one request can win',
          file: redeemCode,
          removal: {
            text: 'if (!won) throw usedAtTheSameMoment()',
            replacement: '',
          },
        },
      ],
    },
    {
      id: 'B06',
      attack: 'uses a code as another client, for another resource, or after it has expired',
      sources: ['RFC 6749 section 4.1.3', 'RFC 8707 section 2.2'],
      defences: [
        {
          does: 'binds a code to its client, redirect URI and resource',
          file: redeemCode,
          removal: {
            text: "if (code.clientId !== client.clientId) throw invalidGrant('The code was issued to another client.')",
            replacement: '',
          },
        },
      ],
    },
    {
      id: 'B07',
      attack: "uses up somebody else's code with a wrong request",
      sources: ['cloudflare/workers-oauth-provider 246'],
      defences: [
        {
          does: 'checks everything before it uses up the code',
          file: redeemCode,
          removal: {
            text: 'const code = found.value',
            replacement:
              'const code = found.value\n  await codes.replace(found, { ...code, redeemedAt: now() }, now() + redeemedTtlSeconds)',
          },
        },
      ],
    },
  ],
}
