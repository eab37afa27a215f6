import type { ThreatSection } from './threat.ts'

const refreshGrant = 'packages/core/src/grants/refresh-grant.ts'

export const refreshAndRevocation: ThreatSection = {
  letter: 'C',
  title: 'Refresh and revocation',
  threats: [
    {
      id: 'C01',
      attack: 'replays a refresh token that was rotated',
      sources: ['RFC 9700 section 4.14', 'cloudflare/workers-oauth-provider 214, 216'],
      defences: [
        {
          does: 'revokes the whole grant on a replay outside the grace window',
          file: refreshGrant,
          removal: {
            text: "return generation > value.generation ? 'gone' : 'reused'",
            replacement: "return generation > value.generation ? 'gone' : 'replayed'",
          },
        },
      ],
    },
    {
      id: 'C02',
      attack: 'creates two refresh token families with simultaneous refreshes on two nodes',
      sources: ['better-auth GHSA-392p-2q2v-4372'],
      defences: [
        {
          does: 'answers every rotation of one token with its one computed successor',
          file: refreshGrant,
          removal: {
            text: "if (isPrevious && age < settings.refreshToken.replayWindowSeconds) return 'replayed'",
            replacement: '',
          },
        },
      ],
    },
    {
      id: 'C03',
      attack: 'refreshes at the moment of a revocation, to keep a token that outlives it',
      sources: ['better-auth GHSA-392p-2q2v-4372'],
      defences: [
        {
          does: 'removes the grant before anything else, and checks it for every token',
          file: 'packages/core/src/grants/revoke-grant.ts',
          removal: {
            text: 'const grant = await grants.take(grantId)',
            replacement: 'const grant = (await grants.get(grantId))?.value',
          },
        },
      ],
    },
    {
      id: 'C04',
      attack: 'refreshes as another client, for another resource or for more scope',
      sources: ['cloudflare/workers-oauth-provider 258'],
      defences: [
        {
          does: 'refuses what is not in the grant before it rotates anything',
          file: refreshGrant,
          removal: {
            text: 'if (known.length === 0 || known.some((scope) => !allowed.includes(scope))) {',
            replacement: 'if (known.length === 0 || allowed.length === 0) {',
          },
        },
      ],
    },
    {
      id: 'C05',
      attack: 'refreshes with only a client id, or with a guessed token',
      sources: ['better-auth GHSA-pw9m-5jxm-xr6h'],
      defences: [
        {
          does: 'authenticates refresh tokens before it looks anything up',
          file: 'packages/core/src/tokens/refresh-token.ts',
          removal: {
            text: 'if (!equalInConstantTime(hmacText(key, `${chainId}.${generation}`), mac)) return undefined',
            replacement: '',
          },
        },
      ],
    },
    {
      id: 'C06',
      attack: 'presents a token of one kind as another: refresh as access, access as refresh, code as token',
      sources: ['PrefectHQ/fastmcp 3524'],
      defences: [
        {
          does: 'distinguishes the kinds by format, by JWT type and by kind of record',
          file: 'packages/core/src/tokens/read-access-token.ts',
          removal: {
            text: 'return readJwt(signingKeys, token)',
            replacement:
              "const code = (await records(storage, 'code').get(token))?.value\n  if (code) return { ...code, subject: 'any', issuer: code.resource, issuedAt: 0, expiresAt: 9e9 }\n  return readJwt(signingKeys, token)",
          },
        },
      ],
    },
    {
      id: 'C07',
      attack: 'revokes the tokens of another client',
      sources: ['cloudflare/workers-oauth-provider 188', 'RFC 7009 section 2.1'],
      defences: [
        {
          does: 'revokes a token only for the client that it was issued to',
          file: 'packages/core/src/endpoints/revoke.ts',
          removal: {
            text: 'if (found.clientId !== client.clientId) {',
            replacement: 'if (found.clientId.length === 0) {',
          },
        },
      ],
    },
    {
      id: 'C08',
      attack: 'reads tokens where they were left: logs, addresses, error texts, caches',
      sources: ['cloudflare/workers-oauth-provider 224'],
      defences: [
        {
          does: 'forbids caching of responses that may contain a token',
          file: 'packages/core/src/api/api-answer.ts',
          removal: { text: "'cache-control': 'no-store',", replacement: '' },
        },
        {
          does: 'names grants, not tokens, in its events',
          file: 'packages/core/src/audit-event.ts',
        },
      ],
    },
  ],
}
