import { createScriptedIdp } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import type { GatewayConfig } from '../src/index.ts'
import { parse, problemsOf, routesWith, signInPolicy } from './config-files.ts'
import { publicUrl, testGateway } from './test-gateway.ts'

const { clientId = '', clientSecret = '' } = createScriptedIdp().clients[0] ?? {}

const policy = (name: string, options: object) =>
  signInPolicy({
    name,
    handler: { options: { acmeDomain: 'acme.example', clientId, clientSecret, ...options } },
  })

const staff = policy('staff', {
  providerId: 'staff',
  displayName: 'Staff',
  signIn: { emailDomains: ['example.com'], allowedDomains: ['example.com'] },
})
const partners = policy('partners', { providerId: 'partners', displayName: 'Partners' })

/** Three routes: for everybody, for staff, and for partners. */
const routes = {
  paths: Object.fromEntries(
    Object.entries({ all: ['staff', 'partners'], staff: ['staff'], partners: ['partners'] }).flatMap(
      ([name, inbound]) => {
        const { paths } = routesWith({
          path: `/mcp/${name}`,
          route: { policies: { inbound } },
          operation: { operationId: name },
        })
        return Object.entries(paths)
      },
    ),
  ),
}

async function start() {
  const { config } = await parse({ policies: [staff, partners], routes })
  const gateway = testGateway(config)
  const request = async (name: string, overrides = {}) => {
    const resource = `${publicUrl}/mcp/${name}`
    const server = await gateway.client.authorizationServer(resource)
    const client = await gateway.client.register(server)
    return gateway.client.steps.authorizationRequest(server, client, { resource, overrides })
  }
  return {
    ...gateway,
    open: async (name: string, overrides = {}) => gateway.browser.open((await request(name, overrides)).url),
    /** The callbacks that the identity provider was told, in order. */
    callbacks: () =>
      gateway.idp.requests
        .filter(({ endpoint }) => endpoint === 'authorization')
        .map(({ parameters }) => parameters.get('redirect_uri')),
  }
}

describe('several sign-in policies in one configuration', () => {
  it('let users choose on a route that attaches them all', async () => {
    const { open, callbacks } = await start()
    const page = await open('all')
    expect(page.text).toContain('Continue with Staff Continue with Partners')
    const consent = await page.submit({}, { button: 'Continue with Partners' })
    expect(consent.text).toContain('Signed in as Ada Lovelace')
    expect(callbacks()).toEqual([`${publicUrl}/oauth/callback/partners`])
  })

  it.each(['staff', 'partners'])('go straight to the one that a route attaches: %s', async (name) => {
    const { open, callbacks } = await start()
    expect((await open(name)).text).toContain('Signed in as Ada Lovelace')
    expect(callbacks()).toEqual([`${publicUrl}/oauth/callback/${name}`])
  })

  it('are chosen by the e-mail domain of the login hint', async () => {
    const { open, callbacks } = await start()
    await open('all', { login_hint: 'ada@example.com' })
    expect(callbacks()).toEqual([`${publicUrl}/oauth/callback/staff`])
  })

  it('do not let a session of one sign in to a route of the other', async () => {
    const { open, callbacks } = await start()
    await open('partners')
    await open('staff')
    expect(callbacks()).toEqual([`${publicUrl}/oauth/callback/partners`, `${publicUrl}/oauth/callback/staff`])
  })

  it('have rules of their own about who may sign in', async () => {
    const { open, idp } = await start()
    idp.signInAs({ sub: 'eve', email: 'eve@evil.example', email_verified: true })
    expect((await open('partners')).text).toContain('eve@evil.example')
    const refused = await open('staff')
    expect(refused.text).not.toContain('Allow')
  })

  it('are named with the redirect URIs to register', async () => {
    const { gateway } = await start()
    const { callbackUrls } = gateway.originFor('mcp.example.com')?.server ?? {}
    expect([...(callbackUrls ?? [])]).toEqual([
      ['staff', `${publicUrl}/oauth/callback/staff`],
      ['partners', `${publicUrl}/oauth/callback/partners`],
    ])
  })
})

describe('the gateway blocks of several policies', () => {
  const withBlock = (name: string, gateway: object) => policy(name, { providerId: name, gateway })
  const parsed = (first: object, second: object) => ({
    policies: [withBlock('staff', first), withBlock('partners', second)],
    routes,
  })

  const settingsOf = (config: GatewayConfig) =>
    testGateway(config).gateway.originFor('mcp.example.com')?.server.context.settings

  it('make one setting where they agree, or where one of them speaks', async () => {
    const { config } = await parse(
      parsed(
        { accessTokenTtlSeconds: 600, cimdEnabled: false },
        { accessTokenTtlSeconds: 600, refreshTokenTtlSeconds: 86_400 },
      ),
    )
    expect(settingsOf(config)).toMatchObject({
      accessToken: { ttlSeconds: 600 },
      refreshToken: { absoluteTtlSeconds: 86_400 },
      registration: { metadataDocuments: false },
    })
  })

  it('are refused where they do not', async () => {
    expect(
      await problemsOf(parsed({ accessTokenTtlSeconds: 600 }, { accessTokenTtlSeconds: 900 })),
    ).toMatchObject([
      {
        path: '[1].handler.options.gateway.accessTokenTtlSeconds',
        message: 'is 900 here and 600 in "staff": there is one gateway, so make them agree.',
      },
    ])
  })

  it('of a single policy make it alone', async () => {
    const { config } = await parse({ policies: [withBlock('staff', { accessTokenTtlSeconds: 600 })] })
    expect(settingsOf(config)?.accessToken.ttlSeconds).toBe(600)
  })

  it('stand behind what "authorizationServer" says, which leaves the rest of them', async () => {
    const block = { accessTokenTtlSeconds: 600, refreshTokenTtlSeconds: 86_400 }
    const { policies, ...rest } = parsed(block, block)
    const authorizationServer = { accessToken: { format: 'opaque', ttlSeconds: 300 } }
    const { config } = await parse({ policies: { policies, authorizationServer }, ...rest })
    expect(settingsOf(config)).toMatchObject({
      accessToken: { format: 'opaque', ttlSeconds: 300 },
      refreshToken: { absoluteTtlSeconds: 86_400 },
    })
  })
})
