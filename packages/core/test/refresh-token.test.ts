import { memoryStorage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { idleProvider, testServer } from './test-server.ts'
import type { Form } from './token-client.ts'
import {
  demoResource,
  notesResource,
  refreshForm,
  registerClient,
  requestToken,
  signedInClient,
} from './token-client.ts'

describe('refreshing', () => {
  it('AS-60 AS-64 answers with a new access token and a new refresh token', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const { status, body } = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'mcp:tools' })
    expect(body.refresh_token).not.toBe(tokens.refresh_token)
    expect(body.access_token).not.toBe(tokens.access_token)
    expect(await server.verifyAccessToken(body.access_token, demoResource)).toMatchObject({
      subject: 'user-1',
    })
  })

  it('COMPAT-28 refreshes early, without a resource, and with it in any of its spellings', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const first = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    const second = await requestToken(server, {
      ...refreshForm(clientId, first.body.refresh_token),
      resource: `${demoResource}/`,
    })
    expect(second.status).toBe(200)
  })

  it.each<[string, string, Form]>([
    ['AS-67 C04 by another client', 'invalid_grant', { client_id: 'other' }],
    ['AS-59 C04 for another resource', 'invalid_target', { resource: notesResource }],
    ['AS-67 C04 with a wider scope', 'invalid_scope', { scope: 'mcp:tools notes:write' }],
    ['C06 with an access token', 'invalid_grant', { refresh_token: 'access' }],
    ['AS-71 with a token altered in one character', 'invalid_grant', { refresh_token: 'altered' }],
    ['AS-71 with the next generation guessed', 'invalid_grant', { refresh_token: 'next' }],
    ['without a token', 'invalid_request', { refresh_token: undefined }],
  ])('%s is %s, and rotates and revokes nothing', async (_, error, change) => {
    const server = testServer()
    const other = await registerClient(server)
    const { clientId, tokens } = await signedInClient(server, { request: { resource: notesResource } })
    const { clientId: demoClient, tokens: demo } = await signedInClient(server)
    const [id, token] = change.resource === notesResource ? [demoClient, demo] : [clientId, tokens]
    const stand: Record<string, string> = {
      other: other.client_id,
      access: token.access_token,
      altered: token.refresh_token.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      next: token.refresh_token.replace('.0.', '.1.'),
    }
    const changed = Object.fromEntries(
      Object.entries(change).map(([name, value]) => [name, value && (stand[value] ?? value)]),
    )
    const form = refreshForm(id, token.refresh_token)
    const refused = await requestToken(server, { ...form, ...changed })
    expect(refused.status).toBe(400)
    expect(refused.body.error).toBe(error)
    const accepted = await requestToken(server, form)
    expect(accepted.status).toBe(200)
    expect(accepted.body.refresh_token).toContain('.1.')
  })

  it.each([
    ['is gone', [], undefined],
    ['may not sign in to the resource any more', ['idle'], ['other']],
  ])('AS-68 refuses, and keeps out, users whose provider %s', async (_, kept, providers) => {
    const idle = idleProvider
    const other = { ...idle, id: 'other', name: 'Other' }
    const storage = memoryStorage({ now: () => 1_800_000_000 })
    const before = testServer({ storage, providers: [idle, other] })
    const { clientId, tokens } = await signedInClient(before)
    const resources = [{ path: '/mcp/demo', name: 'Demo', providers }]
    const after = testServer({ storage, resources, providers: [...(kept.length > 0 ? [idle] : []), other] })
    expect(await after.verifyAccessToken(tokens.access_token, demoResource)).toBeUndefined()
    const refused = await requestToken(after, refreshForm(clientId, tokens.refresh_token))
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant'])
    // Nothing is spent or revoked: the operator may open it again.
    expect(await before.verifyAccessToken(tokens.access_token, demoResource)).toBeDefined()
    const accepted = await requestToken(before, refreshForm(clientId, tokens.refresh_token))
    expect([accepted.status, accepted.body.error]).toEqual([200, undefined])
  })

  it('AS-67 narrows the access token alone: the successor keeps the full scope', async () => {
    const server = testServer()
    const scopes = ['mcp:tools', 'notes:write']
    const { clientId, tokens } = await signedInClient(server, {
      scopes,
      request: { resource: notesResource },
    })
    const narrow = await requestToken(server, {
      ...refreshForm(clientId, tokens.refresh_token),
      scope: 'mcp:tools',
    })
    expect(narrow.body.scope).toBe('mcp:tools')
    expect((await server.verifyAccessToken(narrow.body.access_token, notesResource))?.scopes).toEqual([
      'mcp:tools',
    ])
    const full = await requestToken(server, refreshForm(clientId, narrow.body.refresh_token))
    expect(full.body.scope).toBe('mcp:tools notes:write')
  })

  it('SCOPE-04 ignores scopes the resource does not know, and refuses when nothing is left', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const form = refreshForm(clientId, tokens.refresh_token)
    const nothing = await requestToken(server, { ...form, scope: 'openid offline_access' })
    expect(nothing.body.error).toBe('invalid_scope')
    const rest = await requestToken(server, { ...form, scope: 'openid mcp:tools offline_access' })
    expect(rest.body.scope).toBe('mcp:tools')
  })

  it('AS-69 ends after the idle time, and not when it is used within', async () => {
    const server = testServer({ refreshToken: { idleTtlSeconds: 1000, absoluteTtlSeconds: 100_000 } })
    const { clientId, tokens } = await signedInClient(server)
    server.clock.seconds += 999
    const used = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    server.clock.seconds += 999
    const again = await requestToken(server, refreshForm(clientId, used.body.refresh_token))
    expect(again.status).toBe(200)
    server.clock.seconds += 1000
    const late = await requestToken(server, refreshForm(clientId, again.body.refresh_token))
    expect(late.body.error).toBe('invalid_grant')
  })

  it('AS-69 ends at the absolute time however often it is used, and no access token outlives it', async () => {
    const server = testServer({ refreshToken: { idleTtlSeconds: 2000, absoluteTtlSeconds: 2000 } })
    const { clientId, tokens } = await signedInClient(server)
    server.clock.seconds += 1500
    const used = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    expect(used.body.expires_in).toBe(500)
    server.clock.seconds += 500
    const late = await requestToken(server, refreshForm(clientId, used.body.refresh_token))
    expect(late.body.error).toBe('invalid_grant')
    expect(await server.verifyAccessToken(used.body.access_token, demoResource)).toBeUndefined()
  })

  it('AS-68 COMPAT-06 is refused with 400 invalid_grant once the user has revoked', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const [grant] = await server.listGrants('user-1')
    await server.revokeGrant(grant!.id)
    const refused = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    expect(refused.status).toBe(400)
    expect(refused.body.error).toBe('invalid_grant')
    expect(await server.listGrants('user-1')).toEqual([])
  })
})

describe('a resource that the operator removed', () => {
  it('AS-68 makes its grants invalid, so that clients start anew', async () => {
    const now = () => 1_800_000_000
    const storage = memoryStorage({ now })
    const before = testServer({ storage, now })
    const { clientId, tokens } = await signedInClient(before)
    const after = testServer({ storage, now, resources: [{ path: '/mcp/notes', name: 'Notes' }] })
    const refused = await requestToken(after, refreshForm(clientId, tokens.refresh_token))
    expect(refused.body.error).toBe('invalid_grant')
    expect(await after.verifyAccessToken(tokens.access_token, demoResource)).toBeUndefined()
  })
})

describe('a refresh token that was rotated', () => {
  it('AS-65 C01 yields the same successor inside the window, and a working access token', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const form = refreshForm(clientId, tokens.refresh_token)
    const first = await requestToken(server, form)
    server.clock.seconds += 29
    const replayed = await requestToken(server, form)
    expect(replayed.status).toBe(200)
    expect(replayed.body.refresh_token).toBe(first.body.refresh_token)
    expect(await server.verifyAccessToken(replayed.body.access_token, demoResource)).toBeDefined()
    expect(server.events.at(-1)).toMatchObject({ name: 'token.refreshed', detail: { replayed: true } })
  })

  it('AS-64 AS-65 C01 ends the grant outside the window, access tokens included', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const form = refreshForm(clientId, tokens.refresh_token)
    const first = await requestToken(server, form)
    server.clock.seconds += 30
    const replayed = await requestToken(server, form)
    expect(replayed.status).toBe(400)
    expect(replayed.body.error).toBe('invalid_grant')
    expect((await requestToken(server, refreshForm(clientId, first.body.refresh_token))).body.error).toBe(
      'invalid_grant',
    )
    expect(await server.verifyAccessToken(first.body.access_token, demoResource)).toBeUndefined()
    expect(server.events.map((event) => event.name)).toContain('refresh.reuse_detected')
  })

  it('AS-65 ends the grant inside the window too, once the successor was used', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const first = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    const second = await requestToken(server, refreshForm(clientId, first.body.refresh_token))
    expect(second.status).toBe(200)
    expect((await requestToken(server, refreshForm(clientId, tokens.refresh_token))).body.error).toBe(
      'invalid_grant',
    )
    expect((await requestToken(server, refreshForm(clientId, second.body.refresh_token))).body.error).toBe(
      'invalid_grant',
    )
  })

  it('AS-64 is recognised however long ago it was rotated', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    let current = tokens.refresh_token
    for (let month = 0; month < 8; month += 1) {
      server.clock.seconds += 29 * 86_400
      current = (await requestToken(server, refreshForm(clientId, current))).body.refresh_token
    }
    expect((await requestToken(server, refreshForm(clientId, tokens.refresh_token))).body.error).toBe(
      'invalid_grant',
    )
    expect((await requestToken(server, refreshForm(clientId, current))).body.error).toBe('invalid_grant')
  })

  it('AS-65 is reuse at once where the window is switched off', async () => {
    const server = testServer({ refreshToken: { replayWindowSeconds: 0 } })
    const { clientId, tokens } = await signedInClient(server)
    const form = refreshForm(clientId, tokens.refresh_token)
    expect((await requestToken(server, form)).status).toBe(200)
    expect((await requestToken(server, form)).body.error).toBe('invalid_grant')
  })

  it('AS-64 revokes nothing when another client presents it', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const thief = await registerClient(server)
    const first = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    server.clock.seconds += 60
    await requestToken(server, refreshForm(thief.client_id, tokens.refresh_token))
    expect((await requestToken(server, refreshForm(clientId, first.body.refresh_token))).status).toBe(200)
  })
})

describe('two nodes on one storage', () => {
  function twoNodes() {
    const clock = { seconds: 1_800_000_000 }
    const now = () => clock.seconds
    const storage = memoryStorage({ now })
    return { clock, nodes: [testServer({ storage, now }), testServer({ storage, now })] as const }
  }

  it('AS-66 C02 COMPAT-07 fifty parallel refreshes of one token share one lineage, and everyone stays signed in', async () => {
    const { nodes } = twoNodes()
    const { clientId, tokens } = await signedInClient(nodes[0])
    const form = refreshForm(clientId, tokens.refresh_token)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => requestToken(nodes[index % 2]!, form)),
    )
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 200))
    const successors = new Set(answers.map((answer) => answer.body.refresh_token))
    expect(successors.size).toBe(1)
    const [successor] = successors
    expect((await requestToken(nodes[1], refreshForm(clientId, successor!))).status).toBe(200)
  })

  it('C03 a revocation that races refreshes wins: nothing issued meanwhile is worth anything', async () => {
    const { clock, nodes } = twoNodes()
    const { clientId, tokens } = await signedInClient(nodes[0])
    const form = refreshForm(clientId, tokens.refresh_token)
    const [grant] = await nodes[0].listGrants('user-1')
    const racing = Array.from({ length: 10 }, (_, index) => requestToken(nodes[index % 2]!, form))
    const revoked = nodes[1].revokeGrant(grant!.id)
    const answers = await Promise.all(racing)
    await revoked
    clock.seconds += 5
    for (const { body } of answers.filter((answer) => answer.status === 200)) {
      expect((await requestToken(nodes[0], refreshForm(clientId, body.refresh_token))).body.error).toBe(
        'invalid_grant',
      )
      expect(await nodes[0].verifyAccessToken(body.access_token, demoResource)).toBeUndefined()
    }
    expect((await requestToken(nodes[1], form)).body.error).toBe('invalid_grant')
    expect(await nodes[1].listGrants('user-1')).toEqual([])
  })

  it('one node redeems what another issued, and knows who registered there', async () => {
    const { nodes } = twoNodes()
    const { clientId, tokens } = await signedInClient(nodes[0])
    expect(await nodes[1].verifyAccessToken(tokens.access_token, demoResource)).toMatchObject({ clientId })
    expect((await requestToken(nodes[1], refreshForm(clientId, tokens.refresh_token))).status).toBe(200)
  })
})
