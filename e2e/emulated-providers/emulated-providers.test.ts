import { entra } from '@portico/entra'
import { github } from '@portico/github'
import { google } from '@portico/google'
import { okta } from '@portico/okta'
import { type Page } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { client, publicUrl, signInThrough, type Provider } from '../real-providers/sign-in-through.ts'
import { type Emulation, startEmulator } from './start-emulator.ts'

/** How a package is configured for a service, and what stands in for the service. */
interface EmulatedProvider extends Emulation {
  readonly name: string
  readonly clientId?: string
  readonly create: (client: { clientId: string; clientSecret: string }) => Provider
  /** Every host that the package derives. */
  readonly hosts: readonly string[]
  /** What the account key is made of. */
  readonly issuer: string
}

const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47'
const email = 'ada@example.com'
const registered = (clientId: string) => ({
  client_id: clientId,
  client_secret: client.clientSecret,
  name: 'Portico',
  redirect_uris: [`${publicUrl}/oauth/callback`],
})

const oktaSeed = {
  okta: {
    users: [{ login: email, email, first_name: 'Ada', last_name: 'Lovelace' }],
    authorization_servers: [{ id: 'default', name: 'default', audiences: ['api://default'] }],
    oauth_clients: [
      { ...registered('portico'), auth_server_id: 'default' },
      { ...registered('portico-org'), auth_server_id: 'org' },
    ],
  },
}
const entraClient = '02fb4743-189a-4bc7-9d6c-a919edfe6447'
const googleClient = '123456789012-portico.apps.googleusercontent.com'

// Not Clerk: its emulator leaves the nonce out of ID tokens (OpenID Connect Core §3.1.3.7), as Clerk does not.
const providers: readonly EmulatedProvider[] = [
  {
    name: 'Okta, its org authorization server',
    service: 'okta',
    address: 'https://acme.okta.com',
    seed: oktaSeed,
    clientId: 'portico-org',
    create: (credentials) => okta({ oktaDomain: 'acme.okta.com', ...credentials }),
    hosts: ['https://acme.okta.com'],
    issuer: 'https://acme.okta.com',
  },
  {
    name: 'Okta, a custom authorization server',
    service: 'okta',
    address: 'https://acme.okta.com',
    seed: oktaSeed,
    create: (credentials) =>
      okta({ oktaDomain: 'acme.okta.com', authorizationServerId: 'default', ...credentials }),
    hosts: ['https://acme.okta.com'],
    issuer: 'https://acme.okta.com/oauth2/default',
  },
  {
    name: 'Microsoft Entra ID',
    service: 'microsoft',
    address: 'https://login.microsoftonline.com',
    seed: {
      microsoft: {
        users: [{ email, name: 'Ada Lovelace', tenant_id: tenant }],
        oauth_clients: [registered(entraClient)],
      },
    },
    // The emulator is one tenant, and has it in the discovery document and in tokens alone.
    pathOf: (path) => path.replace(`/${tenant}/`, '/'),
    clientId: entraClient,
    create: (credentials) => entra({ tenantId: tenant, ...credentials }),
    hosts: ['https://login.microsoftonline.com'],
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
  },
  {
    name: 'Google',
    service: 'google',
    address: 'https://accounts.google.com',
    seed: {
      google: {
        users: [{ email, name: 'Ada Lovelace', hd: 'example.com' }],
        oauth_clients: [registered(googleClient)],
      },
    },
    // Google spreads its endpoints over hosts; the emulator has them below one.
    pathOf: (path) => (path === '/token' ? '/oauth2/token' : path),
    clientId: googleClient,
    create: (credentials) => google({ hostedDomain: 'example.com', ...credentials }),
    hosts: ['https://accounts.google.com', 'https://oauth2.googleapis.com', 'https://www.googleapis.com'],
    issuer: 'https://accounts.google.com',
  },
  {
    name: 'GitHub',
    service: 'github',
    address: 'https://github.com',
    seed: {
      github: {
        users: [{ login: 'ada', name: 'Ada Lovelace', email }],
        oauth_apps: [registered('portico')],
      },
    },
    create: (credentials) => github(credentials),
    hosts: ['https://github.com', 'https://api.github.com'],
    issuer: 'https://github.com/login/oauth',
  },
]

describe.each(providers)('$name, emulated', (emulated) => {
  async function peersOf(secret = client.clientSecret) {
    const provider = emulated.create({ clientId: emulated.clientId ?? client.clientId, clientSecret: secret })
    const emulator = await startEmulator(emulated)
    const providerHosts = Object.fromEntries(emulated.hosts.map((host) => [host, emulator]))
    return signInThrough(provider, { person: {}, providerHosts })
  }

  /** The chooser of the emulator has one button for each account. */
  const choose = (page: Page) =>
    page.submit(
      {},
      { form: page.forms.findIndex(({ buttons }) => buttons.some(({ label }) => label.includes(email))) },
    )

  it('signs a user in through its own package', async () => {
    const peers = await peersOf()
    const consent = await choose(await peers.begin())
    expect(peers.events.filter(({ name }) => name === 'login.failed')).toEqual([])
    expect(consent.text).toContain(`Signed in as Ada Lovelace · ${email}`)
    // Signed in as the browser is now, it only has to allow what another client asks for.
    const connection = await peers.connect()
    const call = { name: 'echo', arguments: { text: 'hello' } }
    expect((await connection.call('tools/call', call)).result).toMatchObject({ content: [{ text: 'hello' }] })
  })

  it('refuses a wrong client secret, and the event names the remedy', async () => {
    const peers = await peersOf('not-the-client-secret')
    const page = await choose(await peers.begin())
    expect(page.text).toContain('Signing in failed')
    const failed = peers.events.find(({ name }) => name === 'login.failed')
    expect(failed).toMatchObject({ outcome: 'failure', reason: 'token_endpoint_refused' })
    expect(JSON.stringify(peers.events)).not.toContain('not-the-client-secret')
  })
})
