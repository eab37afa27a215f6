import type { ThreatSection } from './threat.ts'

export const mcpEndpoint: ThreatSection = {
  letter: 'H',
  title: 'MCP endpoint',
  threats: [
    {
      id: 'H01',
      attack:
        'calls a tool that is hidden from it, by another spelling, in a batch, in a stream or by a retry',
      sources: ['obot-platform/obot 4622', 'gram 2464', 'Kuadrant 28'],
      defences: [
        {
          does: 'judges every message by the same rules that filter the lists, name for name',
          file: 'packages/mcp/src/policy/judge-by-rules.ts',
          removal: {
            text: "return { kind: 'deny', error: refusal(kind, String(shown), outcome.outcome, message) }",
            replacement: "return { kind: 'allow' }",
          },
        },
      ],
    },
    {
      id: 'H02',
      attack: 'sends headers that contradict the body, to be judged by one and served by the other',
      sources: ['MCP 2026-07-28: standard request headers', 'envoyproxy/ai-gateway 2323'],
      defences: [
        {
          does: 'refuses headers that do not mirror the body, and builds the next hop from the body',
          file: 'packages/mcp/src/standard-headers.ts',
          removal: {
            text: 'if (method !== undefined && method !== message.method)',
            replacement: "if (method === '')",
          },
        },
      ],
    },
    {
      id: 'H03',
      attack: 'writes JSON that the gateway and the upstream read differently',
      sources: ['CWE-436', 'Bishop Fox: JSON interoperability vulnerabilities'],
      defences: [
        {
          does: 'refuses repeated and look-alike members, and deep nesting',
          file: 'packages/mcp/src/strict-json.ts',
          removal: {
            text: 'if (countColons(text, maxDepth) !== countMembers(value)) {',
            replacement: 'if (countColons(text, maxDepth) < 0) {',
          },
        },
      ],
    },
    {
      id: 'H04',
      attack: 'calls the gateway from a web page, directly or by DNS rebinding',
      sources: [
        'modelcontextprotocol/typescript-sdk 09623e2aa (CVE-2025-66414)',
        'docker/mcp-gateway 6b076b24 (CVE-2025-64443)',
        'PrefectHQ/fastmcp 4405',
      ],
      defences: [
        {
          does: 'refuses foreign origins on every route',
          file: 'packages/resource-server/src/cross-origin.ts',
          removal: {
            text: 'if (origin !== undefined && !isAllowed(origin)) {',
            replacement: "if (origin === '') {",
          },
        },
        {
          does: 'serves loopback only under its own host names',
          file: 'packages/gateway/src/origins.ts',
        },
      ],
    },
    {
      id: 'H05',
      attack: 'uses the session of another user, by knowing or guessing its id',
      sources: ['MCP: session hijacking', 'modelcontextprotocol/typescript-sdk: session binding'],
      defences: [
        {
          does: 'seals a session for its user, client and route',
          file: 'packages/mcp/src/session-binding.ts',
          removal: {
            text: "const context = ({ subject, clientId }: Caller) => ['mcp-session', route, subject, clientId]",
            replacement: "const context = ({ subject: _, clientId: __ }: Caller) => ['mcp-session', route]",
          },
        },
      ],
    },
    {
      id: 'H06',
      attack: "repeats somebody else's request to get their cached response",
      sources: ['PrefectHQ/fastmcp 4041, 4402', 'modelcontextprotocol/typescript-sdk CVE-2026-25536'],
      defences: [
        {
          does: 'stores every connection under its owner, and caches no responses',
          file: 'packages/connections/src/connection-records.ts',
          removal: {
            text: 'export const connectionId = (upstream: string, owner: string): string => `${upstream}:${owner}`',
            replacement:
              'export const connectionId = (upstream: string, _owner: string): string => `${upstream}:any`',
          },
        },
      ],
    },
    {
      id: 'H07',
      attack: 'sends something that does not look like MCP, to be let past the guard',
      sources: ['Kong AI gateway 3.13'],
      defences: [
        {
          does: 'guards every request to a route, whatever its method and type',
          file: 'packages/resource-server/src/resource-server.ts',
          removal: {
            text: "if (facts.method === 'OPTIONS') {",
            replacement: "if (facts.method !== 'POST') {",
          },
        },
        {
          does: 'runs the same guard before the Node transport reads anything',
          file: 'packages/gateway/src/node/request-handler.ts',
          removal: {
            text: 'if (isRefusal(outcome)) {',
            replacement: "if (isRefusal(outcome) && request.method === 'POST') {",
          },
        },
      ],
    },
    {
      id: 'H08',
      attack: 'exhausts the gateway with large bodies, many streams or slow reading',
      sources: ['CWE-400', 'OWASP API4:2023'],
      defences: [
        {
          does: 'limits body size, streams and duration per user',
          file: 'packages/mcp/src/limits.ts',
          removal: { text: 'requestBytes: 4 * 1_048_576,', replacement: 'requestBytes: 400 * 1_048_576,' },
        },
      ],
    },
    {
      id: 'H09',
      attack:
        "answers an upstream's request for input in the name of another user, for another call, or late",
      sources: ['MCP 2026-07-28: requestState is untrusted input'],
      defences: [
        {
          does: 'signs a state for user, client, route, request and time',
          file: 'packages/mcp/src/request-states.ts',
          removal: {
            text: 'if (!signer.verifyMac(signed(expiresAt, state, request, caller), mac)) return undefined',
            replacement: '',
          },
        },
      ],
    },
  ],
}
