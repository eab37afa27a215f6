import type { IdentityProvider } from '@portico/provider'
import { memoryStorage } from '@portico/storage'

import type { AuditEvent } from '../src/audit-event.ts'
import { createAuthorizationServer } from '../src/authorization-server.ts'
import type { AuthorizationServer } from '../src/authorization-server.ts'
import type { AuthorizationServerOptions } from '../src/options.ts'

export const publicUrl = 'https://mcp.example.com'
export const testKey = '7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'

/** An identity provider that nobody signs in with: for endpoints behind the login. */
export const idleProvider: IdentityProvider = {
  type: 'idle',
  id: 'idle',
  name: 'Idle',
  kind: 'oidc',
  issuer: 'https://idp.example.com',
  client: { id: 'portico', authMethod: 'none' },
  scope: 'openid',
  settings: {
    remoteTimeoutMs: 5000,
    stateTtlSeconds: 900,
    clockToleranceSeconds: 60,
  },
  gateway: {},
  signIn: {},
  browserLogin: { url: 'https://idp.example.com/auth', tokenUrl: 'https://idp.example.com/token' },
  identify: () => Promise.reject(new Error('nobody signs in here')),
  explain: () => undefined,
}

export interface TestServer extends AuthorizationServer {
  readonly clock: { seconds: number }
  readonly events: AuditEvent[]
  readonly request: (path: string, init?: RequestInit) => Promise<Response>
}

/** A server with a clock that stands still unless told otherwise, and a record of its audit events. */
export function testServer(options: Partial<AuthorizationServerOptions> = {}): TestServer {
  const clock = { seconds: 1_800_000_000 }
  const events: AuditEvent[] = []
  const now = () => clock.seconds
  const server = createAuthorizationServer({
    publicUrl,
    providers: idleProvider,
    resources: [
      { path: '/mcp/demo', name: 'Demo' },
      {
        path: '/mcp/notes',
        name: 'Notes',
        scopes: { 'mcp:tools': 'Use the tools.', 'notes:write': 'Write notes.' },
      },
    ],
    storage: memoryStorage({ now }),
    keys: [testKey],
    fetch: (url) => Promise.reject(new Error(`unexpected request to ${String(url)}`)),
    now,
    onEvent: (event) => events.push(event),
    ...options,
  })
  return {
    ...server,
    clock,
    events,
    request: async (path, init) => server.fetch(new Request(publicUrl + path, init)),
  }
}
