import { createClock, createScriptedIdp } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { attackedGateway, type GatewayEvent } from './hosts/attacked-gateway.ts'
import { memory } from './storages.ts'
import { idpIssuer, keys, publicUrl } from './target.ts'

const adminToken = 'hT1Yc0b9Rz0mX3uQ4wLq8sKpVn6jDfGaE2iOyB5ZtCk'
const listener = 'http://127.0.0.1:9100'
const operator = '192.0.2.7'
const attacker = '192.0.2.66'

/** The admin side of a gateway. It is the same function on every host. */
async function adminSide() {
  const clock = createClock(1_800_000_000_000)
  const idp = createScriptedIdp({ issuer: idpIssuer, clock })
  const { storage } = await memory(clock.seconds)
  const events: GatewayEvent[] = []
  const routes = [{ path: '/mcp/demo', id: 'demo', upstream: { url: 'https://upstream.example/mcp' } }]
  const provider = { issuer: idpIssuer, clientId: 'client', clientSecret: 'secret' }
  const gateway = attackedGateway(
    {
      options: { publicUrl, keys, routes, admin: { token: adminToken } },
      providers: [provider],
      safeFetch: {},
    },
    {
      now: clock.seconds,
      storage,
      outside: idp.fetch,
      upstream: idp.fetch,
      onEvent: (event) => events.push(event),
      onError: () => undefined,
    },
  )
  const request = (path: string, init?: RequestInit, clientAddress = operator) =>
    gateway.admin.fetch(new Request(listener + path, init), { clientAddress })
  return { clock, events, request }
}

const revocation = (token?: string, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  body: JSON.stringify({ subject: 'somebody' }),
})

describe('J. Operations, where operators come in', () => {
  it('J04 lets nobody operate without the admin token, nor guess at it from one address', async () => {
    const { request, clock } = await adminSide()
    const revoke = async (token: string | undefined, address: string) =>
      (await request('/admin/api/revocations', revocation(token), address)).status
    expect(await revoke(undefined, attacker)).toBe(401)
    for (let guess = 0; guess < 10; guess += 1) {
      expect(await revoke(adminToken.replace('h', String(guess)), attacker)).toBe(401)
    }
    expect(await revoke(adminToken, attacker)).toBe(429)
    expect(await revoke(adminToken, operator)).toBe(200)
    clock.advance(60)
    expect(await revoke(adminToken, attacker)).toBe(200)
  })

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['another site', {}, { 'sec-fetch-site': 'cross-site' }],
    ['another port of the same machine', {}, { 'sec-fetch-site': 'same-site' }],
    ['a page of users', {}, { origin: publicUrl }],
    ['a form without its token', { csrf: '' }, {}],
  ])('J04 does nothing in the browser of an operator for %s', async (_, fields, headers) => {
    const { request, events } = await adminSide()
    const signedIn = await request('/admin/sign-in', {
      method: 'POST',
      body: new URLSearchParams({ token: adminToken }),
    })
    const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    const page = await (await request('/admin', { headers: { cookie } })).text()
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const end = (more: Record<string, string>, sent: Record<string, string>) =>
      request('/admin/users/somebody', {
        method: 'POST',
        headers: { cookie, ...sent },
        body: new URLSearchParams({ csrf, do: 'end', ...more }),
      })
    const actions = () => events.filter(({ name }) => name === 'admin.acted').length
    expect((await end(fields, headers)).status).toBe(403)
    expect(actions()).toBe(0)
    expect((await end({}, {})).status).toBe(303)
    expect(actions()).toBe(1)
  })

  it('J04 shows nobody a page who is not signed in, by whatever cookie', async () => {
    const { request } = await adminSide()
    for (const cookie of ['', 'portico-operator=made-up', 'portico-operator=x.y.z']) {
      for (const path of ['/admin', '/admin/users/somebody', '/admin/traces']) {
        const answer = await request(path, { headers: { cookie } })
        expect([answer.status, answer.headers.get('location')]).toEqual([303, '/admin/sign-in'])
      }
    }
  })

  it.each([
    ['evil.example', 403],
    ['127.0.0.1.evil.example:9100', 403],
    ['localhost:9100', 200],
  ])('J04 operates for nobody who comes by the name %s (DNS rebinding): %i', async (host, status) => {
    const { request } = await adminSide()
    const answer = await request('/admin/api/revocations', revocation(adminToken, { host }))
    expect(answer.status).toBe(status)
  })
})
