import type { ThreatSection } from './threat.ts'

export const upstreamCredentials: ThreatSection = {
  letter: 'G',
  title: 'Upstream credentials',
  threats: [
    {
      id: 'G01',
      attack: 'shares a connect link, or an answer of an upstream, so that accounts end in the wrong vault',
      sources: ['authup 3439', 'nhost 4572', 'Robert-Velhorst/000-LARO 155'],
      defences: [
        {
          does: 'accepts a response once, in the session and for the user that started it',
          file: 'packages/connections/src/connect.ts',
          removal: {
            text: 'if (attempt.session !== browser.session || attempt.owner !== browser.owner) {',
            replacement: 'if (attempt.session.length === 0) {',
          },
        },
        {
          does: 'shows the page of a link to the user it was made for',
          file: 'packages/gateway/src/connect-endpoints.ts',
          removal: {
            text: 'if (ticket !== null && !connections.isTicketOf(ticket, upstream.id, account.subject)) {',
            replacement: "if (ticket === '') {",
          },
        },
      ],
    },
    {
      id: 'G02',
      attack: 'moves the sealed tokens of one user to another, or waits for a key to be retired',
      sources: ['NIST SP 800-38D: associated data', 'OWASP: cryptographic storage'],
      defences: [
        {
          does: 'binds every sealed token to its upstream and its owner',
          file: 'packages/connections/src/token-fields.ts',
          removal: {
            text: 'return JSON.parse(await sealer.open(tokens, tokenSeal(upstream, owner))) as StoredTokens',
            replacement:
              'try {\n    return JSON.parse(await sealer.open(tokens, tokenSeal(upstream, owner))) as StoredTokens\n  } catch {\n    return { accessToken: "of somebody" }\n  }',
          },
        },
        {
          does: 'decrypts with every key of the ring and encrypts with the newest',
          file: 'packages/core/src/vault.ts',
        },
      ],
    },
    {
      id: 'G03',
      attack: 'reads, at the upstream, tokens and headers that were meant for the gateway, or the reverse',
      sources: ['stacklok/toolhive 6681', 'PrefectHQ/fastmcp 3837', 'MCP: token passthrough'],
      defences: [
        {
          does: 'builds the headers for an upstream from scratch',
          file: 'packages/mcp/src/upstream-headers.ts',
          removal: {
            text: "const parent = header('traceparent')",
            replacement:
              "for (const name of ['cookie', 'x-forwarded-for', 'baggage']) headers[name] = header(name) ?? ''\n  const parent = header('traceparent')",
          },
        },
        {
          does: 'builds the headers for the client from scratch',
          file: 'packages/mcp/src/interpret-response.ts',
        },
      ],
    },
    {
      id: 'G04',
      attack: 'reads a credential where an upstream has echoed it: an error, a log',
      sources: ['CWE-532', 'CWE-209'],
      defences: [
        {
          does: 'passes on nothing of a failed response except its kind',
          file: 'packages/mcp/src/upstream-failure.ts',
          removal: {
            text: 'message: `${upstreamName} ${texts[failure]}`,',
            replacement:
              'message: `${upstreamName} ${texts[failure]} ${JSON.stringify(context.credential)}`,',
          },
        },
      ],
    },
    {
      id: 'G05',
      attack: 'uses the connection of a user as somebody else, or after the user withdrew it',
      sources: ['Okta agent gateway: limits', 'OWASP: broken access control'],
      defences: [
        {
          does: 'finds a connection only by the subject of the token',
          file: 'packages/gateway/src/upstream-connections.ts',
          removal: {
            text: 'return async (call) => withStatic(call, await connections.authorize(connection, call.caller.subject))',
            replacement:
              'let first: string | undefined\n  return async (call) => withStatic(call, await connections.authorize(connection, (first ??= call.caller.subject)))',
          },
        },
      ],
    },
    {
      id: 'G06',
      attack: 'puts paths or parameters into its own URL that change where the gateway goes',
      sources: ['PrefectHQ/fastmcp GHSA-vv7q-7jx5-f767'],
      defences: [
        {
          does: "requests only the operator's URL, whose parameters clients cannot repeat",
          file: 'packages/mcp/src/upstream-url.ts',
          removal: {
            text: "if (!own.has(name) && name !== 'access_token') target.searchParams.append(name, value)",
            replacement: 'target.searchParams.set(name, value)',
          },
        },
      ],
    },
    {
      id: 'G07',
      attack:
        'makes an upstream answer so that the client signs in again, follows a redirect, or sees an empty list',
      sources: ['BerriAI/litellm 31362, 33072', 'stacklok/toolhive 5056, 5651'],
      defences: [
        {
          does: 'turns every failure into a defined response, and relays no challenge',
          file: 'packages/mcp/src/upstream-failure.ts',
          removal: { text: 'refused: 502,', replacement: 'refused: 401,' },
        },
      ],
    },
  ],
}
