import type { ThreatSection } from './threat.ts'

export const operations: ThreatSection = {
  letter: 'J',
  title: 'Operations',
  threats: [
    {
      id: 'J01',
      attack: 'comes while the storage is away',
      sources: ['babs/mcp-auth-proxy threat model row 8'],
      defences: [
        {
          does: 'answers 503 with Retry-After where it cannot look, and takes nothing for absent',
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
      attack:
        'comes in the middle of a restart, with a clock that differs, or with records of an older release',
      sources: ['RFC 7519 section 4.1', 'cloudflare/workers-oauth-provider: migration guide 1.x'],
      defences: [
        {
          does: 'keeps everything it must know in the storage, and tolerates a minute between clocks',
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
          does: 'knows its URL from the configuration',
          file: 'packages/core/src/server-metadata.ts',
        },
        {
          does: 'reads forwarded addresses from the right, as far as trusted proxies wrote them',
          file: 'packages/gateway/src/hosting/client-address.ts',
          removal: { text: 'while (isTrusted(client)) {', replacement: 'for (;;) {' },
        },
      ],
    },
    {
      id: 'J04',
      attack: 'looks for administration, metrics and details of health where users come in',
      sources: ['CWE-497', 'OWASP: security misconfiguration'],
      defences: [
        {
          does: 'says that it lives and is ready, and has nothing else to tell there',
          file: 'packages/gateway/src/create-gateway.ts',
          removal: {
            text: "if (pathname === '/healthz') return liveness(request)",
            replacement:
              "if (pathname === '/healthz') return json(200, { status: 'ok', keys: options.keys?.length })",
          },
        },
        {
          does: 'serves operators on a listener of their own, and for no name that was pointed at it',
          file: 'packages/gateway/src/admin/admin-origin.ts',
          removal: {
            text: "return named.hostname === 'localhost' || isAddress(named.hostname) ? named.origin : undefined",
            replacement: 'return named.origin',
          },
        },
        {
          does: 'compares the admin token as codes of one length',
          file: 'packages/gateway/src/admin/admin-token.ts',
          removal: {
            text: "vault.verifyMac('admin-token', shown, expected)",
            replacement: "vault.mac('admin-token', shown) !== ''",
          },
        },
        {
          does: 'takes forms of operators from its own pages alone, each with the token of its session',
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
          does: 'makes an address that guesses wait',
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
      attack: 'gets code into the gateway by a dependency or a stolen publishing token',
      sources: ['npm: Shai-Hulud, 2025', 'SLSA'],
      defences: [
        {
          does: 'is installed by hash, and runs nothing of what it installs but where that is listed',
          file: 'pnpm-workspace.yaml',
          removal: { text: '  esbuild: false', replacement: '  esbuild: true' },
        },
        {
          does: 'is published by its workflow, which proves itself anew every time and has no token to steal',
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
