import type { IdentityProvider } from '@portico/provider'
import { createSafeFetch } from '@portico/safe-fetch'
import { memoryStorage, type Storage } from '@portico/storage'
import {
  answerPages,
  type AuthorizationRequest,
  type Clock,
  createClock,
  createScriptedBrowser,
  createScriptedIdp,
  createScriptedMcpClient,
  type InjectableFetch,
  type Overrides,
  type Page,
  type Person,
  routeByOrigin,
  type ScriptedBrowser,
  type ScriptedIdp,
  type ScriptedIdpOptions,
  type ScriptedMcpClient,
} from '@portico/test-peers'

import type { AuditEvent } from '../src/audit-event.ts'
import { type AuthorizationServer, createAuthorizationServer } from '../src/authorization-server.ts'
import type { AuthorizationServerOptions } from '../src/options.ts'
import { publicUrl, testKey } from './test-server.ts'

export const demoUrl = `${publicUrl}/mcp/demo`
export const notesUrl = `${publicUrl}/mcp/notes`
export const loopbackUri = 'http://127.0.0.1:33418/callback'
export const hostedUri = 'https://client.example/callback'

type ProviderChanges = {
  readonly [Member in keyof IdentityProvider]?: Partial<IdentityProvider[Member]> | IdentityProvider[Member]
}

/** A provider as a package would return it, for a scripted IdP. Objects among `changes` are merged in. */
export function providerFor(idp: ScriptedIdp, changes: ProviderChanges = {}): IdentityProvider {
  const { endpoints, issuer } = idp
  const plain: IdentityProvider = {
    type: 'scripted',
    id: 'scripted',
    name: 'Scripted IdP',
    kind: 'oidc',
    issuer,
    client: { id: 'client', secret: 'secret', authMethod: 'client_secret_post' },
    scope: 'openid profile email',
    settings: {
      remoteTimeoutMs: 5000,
      stateTtlSeconds: 900,
      clockToleranceSeconds: 60,
    },
    gateway: {},
    signIn: {},
    oidc: {
      issuer,
      jwksUrl: endpoints.jwks,
      userinfoUrl: endpoints.userinfo,
      endSessionUrl: endpoints.endSession,
    },
    browserLogin: { url: endpoints.authorization, tokenUrl: endpoints.token },
    identify: ({ sub, name, email, email_verified, groups }) =>
      Promise.resolve({
        subject: sub as string,
        name: name as string | undefined,
        groups: groups as string[] | undefined,
        email:
          typeof email === 'string'
            ? { address: email, verified: email_verified === true || email_verified === 'true' }
            : undefined,
      }),
    explain: ({ code }) => (code === 'explained' ? 'Assign the user to the application.' : undefined),
  }
  const merged = Object.entries(changes).map(([name, change]) => {
    const before = plain[name as keyof IdentityProvider]
    const mergeable = [before, change].every(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    )
    return [name, mergeable ? { ...(before as object), ...(change as object) } : change]
  })
  return { ...plain, ...(Object.fromEntries(merged) as Partial<IdentityProvider>) }
}

export interface FlowOptions {
  readonly idp?: ScriptedIdpOptions
  readonly provider?: ProviderChanges
  /** All providers, in place of the one. */
  readonly providers?: (idp: ScriptedIdp) => readonly IdentityProvider[]
  readonly server?: Partial<AuthorizationServerOptions>
  readonly redirectUri?: string
  readonly storage?: (clock: Clock) => Storage
  /** Reaches further servers. */
  readonly others?: Readonly<Record<string, (request: Request) => Response | Promise<Response>>>
}

export interface Flow {
  readonly clock: Clock
  readonly idp: ScriptedIdp
  readonly server: AuthorizationServer
  readonly events: AuditEvent[]
  readonly fetch: InjectableFetch
  readonly browser: ScriptedBrowser
  readonly client: ScriptedMcpClient
  /** Another person's machine. */
  readonly otherBrowser: () => ScriptedBrowser
  /** Registers a client. */
  readonly register: (metadata?: Readonly<Record<string, unknown>>) => Promise<string>
  /** An authorization request of a newly registered client (or of `clientId`) for the demo resource. */
  readonly request: (
    overrides?: Overrides,
    options?: { readonly clientId?: string; readonly resource?: string },
  ) => Promise<AuthorizationRequest>
  /** Opens a new request and lets the person answer every page, to the client's redirect URI. */
  readonly connect: (overrides?: Overrides, person?: Person) => Promise<Page>
}

/** A server, a provider, a browser and a client, in one process and by one clock. */
export function signInFlow(options: FlowOptions = {}): Flow {
  const clock = createClock(1_800_000_000_000)
  const idp = createScriptedIdp({ clock, ...options.idp })
  const events: AuditEvent[] = []
  const providers = options.providers?.(idp) ?? [providerFor(idp, options.provider)]
  const outside = routeByOrigin({ [new URL(idp.issuer).origin]: idp.fetch, ...options.others })
  const server = createAuthorizationServer({
    publicUrl,
    providers,
    resources: [
      { path: '/mcp/demo', name: 'Demo' },
      {
        path: '/mcp/notes',
        name: 'Notes',
        scopes: { 'notes:read': 'Read your notes.', 'notes:write': 'Write notes for you.' },
        defaultScopes: ['notes:read'],
      },
    ],
    storage: options.storage?.(clock) ?? memoryStorage({ now: clock.seconds }),
    keys: [testKey],
    fetch: createSafeFetch({ fetch: (url, init) => outside(url, init) }),
    now: clock.seconds,
    onEvent: (event) => events.push(event),
    ...options.server,
  })
  const fetch = routeByOrigin({
    [server.issuer]: server.fetch,
    [new URL(idp.issuer).origin]: idp.fetch,
    ...options.others,
  })
  const redirectUri = options.redirectUri ?? loopbackUri
  const newBrowser = () => createScriptedBrowser({ fetch, clock, stopAt: [redirectUri, hostedUri] })
  const browser = newBrowser()
  const client = createScriptedMcpClient({ fetch, browser, clock, redirectUri })

  async function register(metadata: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const metadataDocument = await client.authorizationServer(demoUrl)
    const { clientId } = await client.register(metadataDocument, metadata)
    return clientId
  }

  const request: Flow['request'] = async (overrides = {}, given = {}) => {
    const resource = given.resource ?? demoUrl
    const metadata = await client.authorizationServer(resource)
    const clientId = given.clientId ?? (await register())
    return client.steps.authorizationRequest(metadata, { clientId }, { resource, overrides })
  }

  return {
    clock,
    idp,
    server,
    events,
    fetch,
    browser,
    client,
    otherBrowser: newBrowser,
    register,
    request,
    connect: async (overrides, person) =>
      answerPages(await browser.open((await request(overrides)).url), person),
  }
}
