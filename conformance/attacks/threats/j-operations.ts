import type { ThreatSection } from './threat.ts'

export const operations: ThreatSection = {
  letter: 'J',
  title: 'Operations',
  threats: [
    {
      id: 'J01',
      attack: 'attacks while the storage is unavailable',
      sources: ['babs/mcp-auth-proxy threat model row 8'],
      defences: [
        {
          does: 'answers 503 with Retry-After if it cannot check, and never takes a failure for absence',
          file: 'packages/core/src/api/api-answer.ts',
          removal: {
            text: 'if (error instanceof StorageUnavailableError) {',
            replacement: "if (error instanceof StorageUnavailableError && error.message === '') {",
          },
        },
      ],
    },
    {
      id: 'J02',
      attack: 'attacks during a restart, with clocks that differ, or with records of an older release',
      sources: ['RFC 7519 section 4.1', 'cloudflare/workers-oauth-provider: migration guide 1.x'],
      defences: [
        {
          does: 'keeps all state in the storage, and tolerates a clock difference of one minute',
          file: 'packages/core/src/login/id-token/check-claims.ts',
          removal: {
            text: 'if (exp + toleranceSeconds <= now) {',
            replacement: 'if (exp <= now) {',
          },
        },
      ],
    },
    {
      id: 'J03',
      attack: 'sends forwarded headers, to poison metadata or to be counted as somebody else',
      sources: ['better-auth 10203', 'superlinked/sie 275', 'babs/mcp-auth-proxy threat model row 10'],
      defences: [
        {
          does: 'takes its URL from the configuration',
          file: 'packages/core/src/server-metadata.ts',
        },
        {
          does: 'reads forwarded addresses from the right, only as far as trusted proxies wrote them',
          file: 'packages/gateway/src/hosting/client-address.ts',
          removal: { text: 'while (isTrusted(client)) {', replacement: 'for (;;) {' },
        },
      ],
    },
    {
      id: 'J04',
      attack: 'looks for administration, metrics and health details on the public listener',
      sources: ['CWE-497', 'OWASP: security misconfiguration'],
      defences: [
        {
          does: 'reports only that it is alive and ready there',
          file: 'packages/gateway/src/create-gateway.ts',
          removal: {
            text: "if (pathname === '/healthz') return liveness(request)",
            replacement:
              "if (pathname === '/healthz') return json(200, { status: 'ok', keys: options.keys?.length })",
          },
        },
        {
          does: 'serves operators on a separate listener that refuses foreign host names',
          file: 'packages/gateway/src/admin/admin-origin.ts',
          removal: {
            text: "return named.hostname === 'localhost' || isAddress(named.hostname) ? named.origin : undefined",
            replacement: 'return named.origin',
          },
        },
        {
          does: 'compares MACs of the admin token in constant time',
          file: 'packages/gateway/src/admin/admin-token.ts',
          removal: {
            text: "vault.verifyMac('admin-token', shown, expected)",
            replacement: "vault.mac('admin-token', shown) !== ''",
          },
        },
        {
          does: "accepts operators' forms only from its own pages, each with the token of its session",
          file: 'packages/core/src/operator-pages.ts',
          removal: {
            text: "if ('id' in from && !isCsrfToken(vault, bindingOf(from), fields.get('csrf') ?? '')) {",
            replacement: "if ('id' in from && fields.get('csrf') === null) {",
          },
        },
        {
          does: 'lets no other site, and no other port of the machine, post to an operator',
          file: 'packages/core/src/operator-pages.ts',
          removal: {
            text: 'refuseCrossSiteForm({ publicUrl: from.origin }, request)',
            replacement: 'void refuseCrossSiteForm',
          },
        },
        {
          does: 'makes an address that guesses tokens wait',
          file: 'packages/gateway/src/admin/wrong-tokens.ts',
          removal: {
            text: 'return isTooMany ? (minute + 1) * 60 - now() : 0',
            replacement: 'return isTooMany ? 0 : 0',
          },
        },
      ],
    },
    {
      id: 'J05',
      attack: 'gets code into the gateway through a dependency or a stolen publishing token',
      sources: ['npm: Shai-Hulud, 2025', 'SLSA'],
      defences: [
        {
          does: 'is installed by hash, and runs install scripts only of listed packages',
          file: 'pnpm-workspace.yaml',
          removal: { text: '  esbuild: false', replacement: '  esbuild: true' },
        },
        {
          does: 'is published by a workflow that authenticates anew each time and has no token to steal',
          file: '.github/workflows/release.yml',
          removal: { text: 'id-token: write', replacement: 'id-token: none' },
        },
        {
          does: 'is published with a signed statement of where it was built',
          file: 'scripts/release.ts',
          removal: { text: "isDryRun ? '--dry-run' : '--provenance'", replacement: "'--dry-run'" },
        },
        {
          does: 'has few runtime dependencies, each with its reason',
          file: 'docs/decisions/dependencies.md',
        },
      ],
    },
  ],
}
