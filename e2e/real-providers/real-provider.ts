import type { GatewayOptions } from '@portico/gateway'
import type { Page, Person } from '@portico/test-peers'
import { nodeFetch, serveOnLoopback } from '@portico/test-peers/node'
import { expect, it, onTestFinished } from 'vitest'

import { client, publicUrl, signInThrough, type SignInOptions } from './sign-in-through.ts'

type Provider = GatewayOptions['providers'][number]

/** An identity server that runs, and how its own package is configured for it. */
export interface RealProvider {
  /** Address of the server: what the option that names it is set to. */
  readonly url: string
  /** Sees what the real server's operator would enter. */
  readonly create: (url: string, client: { clientId: string; clientSecret: string }) => Provider
  readonly person: Person
  /** The browser's way to what is not a server of its own. */
  readonly applications?: SignInOptions['applications']
  /** Whether the server has sessions, and an address that ends them. */
  readonly endsSessions: boolean
  /** Reason when its answers name another issuer than the adapter. */
  readonly issuerMismatch: string
}

const derivedMembers = [
  ['issuer', ({ oidc }: Provider) => oidc?.issuer],
  ['jwks_uri', ({ oidc }: Provider) => oidc?.jwksUrl],
  ['authorization_endpoint', ({ browserLogin }: Provider) => browserLogin.url],
  ['token_endpoint', ({ browserLogin }: Provider) => browserLogin.tokenUrl],
] as const

const asksForPassword = (page: Page): boolean =>
  page.forms.some(({ fields }) => fields.some(({ type }) => type === 'password'))

/** The whole way through a real server, and what has to fail on it. */
export function describeSignIn(real: RealProvider): void {
  const { url, person, applications } = real
  const create = (address = url, secret = client.clientSecret): Provider =>
    real.create(address, { ...client, clientSecret: secret })
  const peersOf = (provider: Provider) => signInThrough(provider, { person, applications })

  it.each(derivedMembers)('publishes the %s that its package derives', async (member, derived) => {
    const provider = create()
    const issuer = provider.oidc?.issuer ?? ''
    const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
    const document = (await response.json()) as Readonly<Record<string, unknown>>
    expect(derived(provider)).toBe(document[member])
  })

  it('signs a user in for a client that registered itself, who then lists and calls tools', async () => {
    const peers = peersOf(create())
    const connection = await peers.connect()
    expect((await connection.call('tools/list')).result).toMatchObject({ tools: [{ name: 'echo' }] })
    const call = { name: 'echo', arguments: { text: 'hello' } }
    expect((await connection.call('tools/call', call)).result).toMatchObject({
      content: [{ text: 'hello' }],
    })
    expect(peers.events).toContainEqual(
      expect.objectContaining({ name: 'login.succeeded', outcome: 'success' }),
    )
    expect(peers.browser.refusedCookies).toEqual([])
  })

  it(`signs out ${real.endsSessions ? 'of the gateway and of the server' : 'of the gateway'}`, async () => {
    const peers = peersOf(create())
    await peers.connect()
    expect(asksForPassword(await peers.begin())).toBe(false)
    const page = await peers.signOut()
    expect(page.url.split('?')[0]).toBe(`${publicUrl}/oauth/logout`)
    expect(page.hops.some((hop) => hop.url.startsWith(new URL(url).origin))).toBe(real.endsSessions)
    expect(asksForPassword(await peers.begin())).toBe(true)
  })

  it('ends on a plain page when the client secret is wrong, and the event names the remedy', async () => {
    const peers = peersOf(create(url, 'not-the-client-secret'))
    const page = await peers.fail()
    expect(page.text).toContain('Signing in failed')
    expect(page.text).not.toMatch(/secret|invalid_client|unauthorized_client/i)
    expect(peers.events).toContainEqual(
      expect.objectContaining({
        name: 'login.failed',
        outcome: 'failure',
        reason: 'token_endpoint_refused',
        detail: expect.objectContaining({
          problem: expect.stringMatching(/secret|client authentication/i),
        }),
      }),
    )
    expect(JSON.stringify(peers.events)).not.toContain('not-the-client-secret')
  })

  it('is refused under an address that is not its issuer', async () => {
    const elsewhere = await serveOnLoopback(() => (request) => forward(request, url))
    onTestFinished(() => elsewhere.close())
    const peers = peersOf(create(url.replace(new URL(url).origin, elsewhere.origin)))
    const page = await peers.fail()
    expect(page.text).toContain('Signing in failed')
    const failed = peers.events.find((event) => event.name === 'login.failed')
    expect(failed).toMatchObject({ outcome: 'failure', reason: real.issuerMismatch })
    // Both addresses stand in the event, so that an operator sees which to enter.
    expect(failed?.detail?.['problem']).toContain(new URL(url).origin)
    expect(failed?.detail?.['problem']).toContain(elsewhere.origin)
  })
}

/**
 * @param rotateKeys gives the server a new signing key, or waits for it; the server uses it from then on
 * @param atWill whether the server has new keys only then, and not at any moment
 */
export function describeKeyRotation(
  real: RealProvider,
  rotateKeys: () => Promise<void>,
  { atWill }: { readonly atWill: boolean },
): void {
  // Keys of thousands of bits take their time, and Dex makes one every 30 seconds only.
  const timeout = 180_000
  it('may rotate its signing keys while the gateway runs (IDP-10)', { timeout }, async () => {
    const provider = real.create(real.url, client)
    const peers = signInThrough(provider, real)
    const keySetRequests = () => peers.requests.filter((each) => each === provider.oidc?.jwksUrl).length
    await peers.connect()
    if (atWill) {
      peers.browser.clearCookies()
      await peers.connect()
    }
    expect(keySetRequests()).toBe(1)
    await rotateKeys()
    peers.browser.clearCookies()
    await peers.connect()
    // The new key was in use: the gateway had to ask for it.
    expect(keySetRequests()).toBe(2)
  })
}

/** The same server under another address. */
function forward(request: Request, url: string): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const copy = new Request(new URL(url).origin + pathname + search, request)
  copy.headers.delete('host')
  return nodeFetch(copy)
}
