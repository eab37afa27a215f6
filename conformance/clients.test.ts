import {
  answerPages,
  type ClientIdentity,
  createScriptedBrowser,
  createScriptedMcpClient,
  type Fetch,
} from '@portico/test-peers'
import { decodeJwt } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'

import { memory } from './attacks/storages.ts'
import { demoUrl, openTarget, publicUrl } from './attacks/target.ts'
import { jsonOf, tokensOf } from './attacks/token-requests.ts'
import { type ClientProfile, clientProfiles, type ClientRegistration } from './client-profile.ts'

/** A gateway that knows the client as far as its operator, or a document, makes it known. */
async function openFor(registration: ClientRegistration) {
  const document = registration.by === 'document' ? registration.document : undefined
  const web: Fetch = ({ url }) =>
    url === document?.client_id ? Response.json(document) : new Response(null, { status: 404 })
  const clients =
    registration.by === 'operator'
      ? [{ clientId: 'entered-by-hand', name: 'Entered by hand', ...given(registration) }]
      : []
  const { target, close } = await openTarget(memory, { gateway: { clients }, web })
  onTestFinished(close)
  return target
}

function given({ redirectUris, clientSecret }: Extract<ClientRegistration, { by: 'operator' }>) {
  return { redirectUris, ...(clientSecret !== undefined && { clientSecret }) }
}

/** The whole way of one client: from the refusal of its first request to a call with a refreshed token. */
async function play(profile: ClientProfile, registration: ClientRegistration, redirectUri: string) {
  const target = await openFor(registration)
  const { accept } = profile
  const browser = createScriptedBrowser({ fetch: target.fetch, clock: target.clock, stopAt: [redirectUri] })
  const fetch: Fetch = (request) => {
    if (accept !== undefined) request.headers.set('accept', accept)
    return target.fetch(request)
  }
  const client = createScriptedMcpClient({ fetch, browser, clock: target.clock, redirectUri })
  const challenge = await client.challenge(demoUrl)
  const atRoot = await target.request('/.well-known/oauth-protected-resource')
  // A client that looks there first must find nothing of another resource, and go on.
  expect(atRoot.status).toBe(404)
  const resource = await client.protectedResource(demoUrl, challenge)
  const server = await client.authorizationServer(resource.authorization_servers?.[0] ?? '')
  const identity = await identityFor(registration, (metadata) => client.register(server, metadata))
  const scope = profile.scope.replace('challenge', challenge.scope ?? '')
  const request = await client.steps.authorizationRequest(server, identity, {
    resource: resource.resource,
    overrides: {
      scope,
      redirect_uri: redirectUri,
      ...(profile.prompt !== undefined && { prompt: profile.prompt }),
    },
  })
  const callback = await answerPages(await browser.open(request.url))
  return { target, client, server, identity, request, callback }
}

async function identityFor(
  registration: ClientRegistration,
  register: (metadata: Readonly<Record<string, unknown>>) => Promise<ClientIdentity>,
): Promise<ClientIdentity> {
  switch (registration.by) {
    case 'document':
      return { clientId: registration.document.client_id, authMethod: 'none' }
    case 'registration':
      return register(registration.metadata)
    default: {
      const { clientSecret } = registration
      const clientId = 'entered-by-hand'
      return clientSecret === undefined
        ? { clientId, authMethod: 'none' }
        : { clientId, authMethod: 'client_secret_basic', clientSecret }
    }
  }
}

/** The redirect URIs that this way of registering covers: loopback, whatever the port (RFC 8252 §7.3). */
function coveredBy(registration: ClientRegistration, redirectUris: readonly string[]): readonly string[] {
  const withoutPort = (uri: string) => uri.replace(/^(http:\/\/(?:localhost|127\.0\.0\.1)):\d+/, '$1')
  const known = new Set(redirectUrisOf(registration).map(withoutPort))
  return redirectUris.filter((uri) => known.has(withoutPort(uri)))
}

function redirectUrisOf(registration: ClientRegistration): readonly string[] {
  if (registration.by === 'operator') return registration.redirectUris
  const metadata = registration.by === 'document' ? registration.document : registration.metadata
  return metadata['redirect_uris'] as readonly string[]
}

describe.each(clientProfiles().map((profile) => [profile.name, profile] as const))('%s', (_name, profile) => {
  const ways = profile.registrations.flatMap((registration) =>
    coveredBy(registration, profile.redirectUris).map((uri) => [registration.by, uri, registration] as const),
  )

  it('is played by every way it registers, and to every place it returns to', () => {
    expect(new Set(ways.map(([by]) => by)).size).toBe(new Set(profile.registrations.map(({ by }) => by)).size)
    expect(new Set(ways.map(([, uri]) => uri))).toEqual(new Set(profile.redirectUris))
  })

  it.each(ways)(
    'connects by %s, returns to %s, calls and refreshes',
    async (_by, redirectUri, registration) => {
      const { target, client, server, identity, request, callback } = await play(
        profile,
        registration,
        redirectUri,
      )
      expect(callback.url.startsWith(`${redirectUri}?code=`)).toBe(true)
      expect(callback.parameters.get('state')).toBe(request.state)
      expect(callback.parameters.get('iss')).toBe(server.issuer)

      const redeemed = await client.steps.redeem(
        server,
        identity,
        request,
        callback.parameters.get('code') ?? '',
      )
      const first = await tokensOf(redeemed)
      expect(decodeJwt(first.accessToken)).toMatchObject({
        aud: demoUrl,
        iss: server.issuer,
        scope: 'mcp:tools',
      })
      const call = (accessToken: string) => client.mcp.call(demoUrl, 'tools/list', {}, { accessToken })
      expect((await call(first.accessToken)).status).toBe(200)

      // An hour later the access token is over, and nobody has to sign in again.
      target.clock.advance(3600)
      expect((await call(first.accessToken)).status).toBe(401)
      const next = await tokensOf(await client.steps.refresh(server, identity, first.refreshToken))
      expect((await call(next.accessToken)).status).toBe(200)
    },
  )

  it.each(profile.registrations.map((registration) => [registration.by, registration] as const))(
    'returns to nothing but its own places when it connects by %s',
    async (_by, registration) => {
      const [uri = ''] = coveredBy(registration, profile.redirectUris)
      const { target, identity } = await play(profile, registration, uri)
      const metadata = await jsonOf(await target.request('/.well-known/oauth-authorization-server/mcp/demo'))
      expect(metadata['issuer']).toBe(`${publicUrl}/mcp/demo`)
      const evil = await target.attempt(
        { redirect_uri: 'https://evil.example/' },
        { clientId: identity.clientId },
      )
      expect(await target.browser.open(evil.url)).toMatchObject({ stopped: false, status: 400, links: [] })
    },
  )
})
