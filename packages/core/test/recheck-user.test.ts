import { describe, expect, it } from 'vitest'

import { demoUrl, type Flow, type FlowOptions, signInFlow } from './sign-in-flow.ts'

const day = 86_400

function recheckingFlow(options: FlowOptions = {}): Flow {
  return signInFlow({ ...options, server: { recheckUsersSeconds: day, ...options.server } })
}

/** Signs a client in, and returns what refreshes its access. */
async function signedIn({ client }: Flow) {
  const metadata = await client.authorizationServer(demoUrl)
  const identity = await client.register(metadata)
  const request = await client.steps.authorizationRequest(metadata, identity, { resource: demoUrl })
  const callback = await client.authorize(request)
  const first = await client.redeem(metadata, identity, request, callback)
  let token = first.refreshToken ?? ''
  const refresh = async (): Promise<number> => {
    const response = await client.steps.refresh(metadata, identity, token)
    const body = (await response.json()) as { refresh_token?: string; error?: string }
    token = body.refresh_token ?? token
    return response.status
  }
  return { refresh, tokens: first }
}

const asked = (flow: Flow): number =>
  flow.idp.requests.filter(
    ({ endpoint, parameters }) => endpoint === 'token' && parameters.get('grant_type') === 'refresh_token',
  ).length

const refuse =
  (error: string, status = 400) =>
  () =>
    Response.json({ error }, { status })

describe('asking the provider about its users again', () => {
  it('IDP-14 AS-68 happens when a client refreshes, and not more often than configured', async () => {
    const flow = recheckingFlow()
    const { refresh } = await signedIn(flow)
    expect(await refresh()).toBe(200)
    expect(asked(flow)).toBe(0)
    flow.clock.advance(day)
    expect([await refresh(), await refresh()]).toEqual([200, 200])
    expect(asked(flow)).toBe(1)
    flow.clock.advance(day)
    expect(await refresh()).toBe(200)
    expect(asked(flow)).toBe(2)
    expect(flow.events).toContainEqual(
      expect.objectContaining({ name: 'user.rechecked', outcome: 'success' }),
    )
  })

  it('IDP-14 ends all access of a user who is gone there', async () => {
    const flow = recheckingFlow()
    const [first, second] = [await signedIn(flow), await signedIn(flow)]
    flow.clock.advance(day)
    flow.idp.bend('token', refuse('invalid_grant'))
    expect(await first.refresh()).toBe(400)
    expect(await second.refresh()).toBe(400)
    expect(asked(flow)).toBe(1)
    const { subject = '' } = flow.events.find(({ name }) => name === 'user.rechecked') ?? {}
    expect(await flow.server.context.storage.get(['provider-token', subject])).toBeUndefined()
    expect(flow.events).toContainEqual(expect.objectContaining({ name: 'access.revoked', subject }))
  })

  it.each([
    ['is away', refuse('temporarily_unavailable', 503)],
    ['does not know this server any more', refuse('invalid_client', 401)],
    ['answers a page', () => new Response('<h1>Back soon</h1>')],
    ['answers nothing', () => Response.json(null)],
    ['answers no token', () => Response.json({})],
  ])('IDP-14 leaves users alone while the provider %s, and asks again soon', async (_, answer) => {
    const flow = recheckingFlow()
    const { refresh } = await signedIn(flow)
    flow.clock.advance(day)
    flow.idp.bend('token', answer)
    expect([await refresh(), await refresh()]).toEqual([200, 200])
    expect(asked(flow)).toBe(1)
    expect(flow.events.filter(({ name }) => name === 'user.rechecked')).toMatchObject([
      { outcome: 'failure' },
    ])
    flow.clock.advance(300)
    expect(await refresh()).toBe(200)
    expect(asked(flow)).toBe(2)
  })

  it('lets one of parallel refreshes ask', async () => {
    const flow = recheckingFlow()
    const clients = [await signedIn(flow), await signedIn(flow), await signedIn(flow)]
    flow.clock.advance(day)
    expect(await Promise.all(clients.map(({ refresh }) => refresh()))).toEqual([200, 200, 200])
    expect(asked(flow)).toBe(1)
  })

  it('UP-14 keeps the token sealed, and none at all unless it is configured', async () => {
    const stored = async (flow: Flow) => {
      await signedIn(flow)
      const { subject = '' } = flow.events.find(({ name }) => name === 'login.succeeded') ?? {}
      return flow.server.context.storage.get(['provider-token', subject])
    }
    const kept = await stored(recheckingFlow())
    expect(kept?.value).toMatchObject({ provider: 'scripted', sealed: expect.any(String) as string })
    const off = signInFlow()
    expect(await stored(off)).toBeUndefined()
    const scopes = off.idp.requests
      .find(({ endpoint }) => endpoint === 'authorization')
      ?.parameters.get('scope')
    expect(scopes).not.toContain('offline_access')
  })

  it('does nothing for a provider that gives no refresh token', async () => {
    const flow = recheckingFlow({ provider: { offlineAccess: null } })
    const { refresh } = await signedIn(flow)
    flow.clock.advance(day)
    expect(await refresh()).toBe(200)
    expect(asked(flow)).toBe(0)
  })
})
