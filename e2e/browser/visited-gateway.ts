import { createDevIdp } from '@portico/dev-idp'
import { createGateway } from '@portico/gateway'
import { serve } from '@portico/gateway/node'
import { logto } from '@portico/logto'
import { oidc } from '@portico/oidc'
import { memoryStorage, type Storage, StorageUnavailableError } from '@portico/storage'
import { createScriptedUpstream } from '@portico/test-peers'
import { serveOnLoopback } from '@portico/test-peers/node'

/** The pair of RFC 7636, appendix B. */
const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const codeChallenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

const adminToken = 'hT1Yc0b9Rz0mX3uQ4wLq8sKpVn6jDfGaE2iOyB5ZtCk'

const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'

const unlimited = {
  registration: false,
  authorization: false,
  token: false,
  failures: false,
  client: false,
  userCodes: false,
} as const

/** A gateway on loopback, with everything that its pages lead to. */
export interface VisitedGateway {
  readonly origin: string
  readonly callbackUrl: string
  /** Where operators come in, and by what. */
  readonly admin: { readonly origin: string; readonly token: string }
  /** What the storage does from now on. */
  breakStorage(how: 'unavailable' | 'broken' | undefined): void
  /** Registers a client and answers the address that it would open in a browser. */
  authorizationUrl(route: string): Promise<string>
  /** Begins a sign-in of a device and answers the address that its user would open. */
  deviceUrl(route: string): Promise<string>
  close(): Promise<void>
}

/** Starts gateway, identity provider, upstream and a client's own address on free ports. */
export async function startVisitedGateway(): Promise<VisitedGateway> {
  const idp = await createDevIdp({ port: 0 })
  const upstream = await serveOnLoopback(
    (issuer) => createScriptedUpstream({ issuer, resource: `${issuer}/mcp` }).fetch,
  )
  const requests = new Map<string, { readonly clientId: string; readonly tokenUrl: string }>()
  const client = await serveOnLoopback(() => (request) => clientAnswer(requests, request))
  const credentials = { clientId: 'portico', clientSecret: 'portico-development-secret' }
  const { storage, breakStorage } = breakableStorage()
  const gateway = createGateway({
    theme: { name: 'Acme Tools' },
    providers: [
      logto({ logtoEndpoint: idp.endpoint, ...credentials }, { development: true }),
      partners(idp.issuer, credentials),
    ],
    routes: [
      {
        path: '/mcp/demo',
        id: 'demo',
        name: 'Demo tools',
        providers: ['logto'],
        upstream: { url: `${upstream.origin}/mcp` },
        scopes: { 'mcp:tools': 'Use the tools of the demo', 'mcp:admin': 'Change its settings' },
      },
      {
        path: '/mcp/notes',
        id: 'notes',
        name: 'Notes',
        providers: ['logto'],
        upstream: { url: `${upstream.origin}/mcp`, connection: 'notes' },
      },
      { path: '/mcp/any', id: 'any', name: 'Everything', upstream: { url: `${upstream.origin}/mcp` } },
    ],
    connections: [
      {
        id: 'notes',
        displayName: 'Notes',
        summary: 'Reads and writes your notes.',
        authMode: 'user-oauth',
        url: `${upstream.origin}/mcp`,
      },
      { id: 'gone', displayName: 'Archive', authMode: 'user-oauth', url: 'http://127.0.0.1:9/mcp' },
      {
        id: 'team',
        displayName: 'Team account',
        authMode: 'shared-oauth',
        url: `${upstream.origin}/mcp`,
        adminGroups: ['admins'],
      },
    ],
    deviceAuthorization: true,
    admin: { token: adminToken },
    // Nothing else is limited, and loopback is never counted.
    rateLimits: { ...unlimited, device: 1 },
    storage,
  })
  const server = await serve(gateway, {
    port: 0,
    hosts: ['127.0.0.1'],
    trustedProxies: ['127.0.0.1'],
    drainSeconds: 0,
  })
  const admin = await serve(gateway.admin, { port: 0, hosts: ['127.0.0.1'], drainSeconds: 0 })
  const origin = `http://127.0.0.1:${server.port}`
  const callbacks = [...(gateway.originFor(new URL(origin).host)?.server.callbackUrls.values() ?? [])]
  await idp.addClient({ ...credentials, name: 'Acme Tools', redirectUris: callbacks })
  const callbackUrl = `${client.origin}/callback`
  const register = async (grantTypes: readonly string[]): Promise<string> => {
    const registration = await fetch(`${origin}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Sketchbook',
        redirect_uris: [callbackUrl],
        grant_types: grantTypes,
        token_endpoint_auth_method: 'none',
      }),
    })
    return ((await registration.json()) as { client_id: string }).client_id
  }

  return {
    origin,
    callbackUrl,
    admin: { origin: `http://127.0.0.1:${admin.port}`, token: adminToken },
    breakStorage,
    async authorizationUrl(route) {
      const clientId = await register(['authorization_code', 'refresh_token'])
      const state = crypto.randomUUID()
      requests.set(state, { clientId, tokenUrl: `${origin}/oauth/token` })
      const url = new URL(`${origin}/oauth/authorize${route}`)
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: callbackUrl,
        state,
        code_challenge: codeChallenge,
        code_challenge_method: 'S256',
      }).toString()
      return url.href
    },
    async deviceUrl(route) {
      const response = await fetch(`${origin}/oauth/device/authorization${route}`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: await register([deviceCodeGrant]) }),
      })
      const { verification_uri_complete: url } = (await response.json()) as {
        verification_uri_complete: string
      }
      return url
    },
    async close() {
      breakStorage(undefined)
      await admin.close()
      await server.close()
      await Promise.all([idp.close(), upstream.close(), client.close()])
    },
  }
}

/** The same users, none of whom may come in. */
function partners(issuer: string, credentials: { readonly clientId: string; readonly clientSecret: string }) {
  const provider = oidc(
    {
      displayName: 'Partners',
      ...credentials,
      signIn: { allowedDomains: ['partner.example'] },
      oidc: { issuer, jwksUrl: `${issuer}/jwks` },
      browserLogin: { url: `${issuer}/auth`, tokenUrl: `${issuer}/token` },
    },
    { development: true },
  )
  if (!('kind' in provider)) throw new Error('Every endpoint is stated: nothing is to be discovered.')
  return provider
}

function breakableStorage(): { storage: Storage; breakStorage: VisitedGateway['breakStorage'] } {
  const memory = memoryStorage()
  let how: Parameters<VisitedGateway['breakStorage']>[0]
  const storage = new Proxy(memory, {
    get:
      (target, verb: keyof Storage) =>
      (...verbArguments: never[]) => {
        if (how === 'unavailable') return Promise.reject(new StorageUnavailableError('gone'))
        if (how === 'broken') return Promise.reject(new Error('the disk is full'))
        return (target[verb] as (...all: never[]) => unknown)(...verbArguments)
      },
  })
  return {
    storage,
    breakStorage: (next) => {
      how = next
    },
  }
}

/** The client, where the browser comes back to: it redeems the code before it says so. */
async function clientAnswer(
  requests: ReadonlyMap<string, { readonly clientId: string; readonly tokenUrl: string }>,
  request: Request,
): Promise<Response> {
  const { searchParams, origin, pathname } = new URL(request.url)
  const asked = requests.get(searchParams.get('state') ?? '')
  const code = searchParams.get('code')
  if (asked && code !== null) {
    await fetch(asked.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        client_id: asked.clientId,
        redirect_uri: origin + pathname,
        code_verifier: codeVerifier,
      }),
    })
  }
  return new Response(
    '<!doctype html><html lang="en"><title>Back in the app</title><h1>Back in the app</h1>',
    { headers: { 'content-type': 'text/html; charset=utf-8' } },
  )
}
