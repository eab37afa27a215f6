import { memoryStorage, StorageUnavailableError } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'

import { records } from '../src/records.ts'
import { publicUrl, testServer } from './test-server.ts'
import { demoResource, notesResource, refreshForm, requestToken, signedInClient } from './token-client.ts'

/** Counts the reads that reach the storage, and can fail. */
function watchedStorage(now: () => number) {
  const inner = memoryStorage({ now })
  const watch = { reads: 0, broken: false }
  const storage: Storage = {
    ...inner,
    get: (key) => {
      watch.reads += 1
      return watch.broken ? Promise.reject(new StorageUnavailableError('down')) : inner.get(key)
    },
  }
  return { storage, watch }
}

describe('access tokens', () => {
  it('AS-62 are RFC 9068 JWTs for one audience, with nothing private inside', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    expect(decodeProtectedHeader(tokens.access_token)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.any(String) as string,
    })
    const now = server.clock.seconds
    expect(decodeJwt(tokens.access_token)).toEqual({
      iss: demoResource,
      sub: 'user-1',
      aud: demoResource,
      client_id: clientId,
      scope: 'mcp:tools',
      iat: now,
      exp: now + 900,
      jti: expect.any(String) as string,
      grant_id: expect.any(String) as string,
    })
  })

  it('are opaque where that is configured, and stored as hashes', async () => {
    const server = testServer({ accessToken: { format: 'opaque', ttlSeconds: 600 } })
    const { clientId, tokens } = await signedInClient(server)
    expect(tokens.access_token).toMatch(/^at_[\w-]{43}$/)
    expect(tokens.expires_in).toBe(600)
    expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toMatchObject({ clientId })
    const [grant] = await server.listGrants('user-1')
    const stored = JSON.stringify(await server.context.storage.list(`grant:${grant!.id}`))
    expect(stored).not.toContain(tokens.access_token)
    expect(stored).not.toContain(tokens.refresh_token)
    server.clock.seconds += 600
    expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toBeUndefined()
  })

  it('keep their meaning when the format changes', async () => {
    const now = () => 1_800_000_000
    const storage = memoryStorage({ now })
    const opaque = testServer({ storage, now, accessToken: { format: 'opaque' } })
    const jwt = testServer({ storage, now })
    const { tokens } = await signedInClient(opaque)
    const { tokens: signed } = await signedInClient(jwt)
    expect(await jwt.verifyAccessToken(tokens.access_token, demoResource)).toBeDefined()
    expect(await opaque.verifyAccessToken(signed.access_token, demoResource)).toBeDefined()
  })
})

describe('verifyAccessToken', () => {
  it('RS-12 says who, for which client, with which scopes, until when, and the account where there is one', async () => {
    const server = testServer()
    await records(server.context.storage, 'account').set('user-1', {
      subject: 'user-1',
      provider: 'idle',
      issuer: 'https://idp.example.com',
      providerSubject: 'u1',
      groups: ['staff'],
      updatedAt: 0,
    })
    const { clientId, tokens } = await signedInClient(server)
    expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toEqual({
      subject: 'user-1',
      actor: 'user',
      traceId: 'trace-1',
      clientId,
      scopes: ['mcp:tools'],
      grantId: expect.any(String) as string,
      expiresAt: server.clock.seconds + 900,
      issuer: demoResource,
      account: {
        subject: 'user-1',
        provider: 'idle',
        issuer: 'https://idp.example.com',
        providerSubject: 'u1',
        groups: ['staff'],
        updatedAt: 0,
      },
    })
  })

  it.each([
    notesResource,
    `${demoResource}/`,
    `${demoResource}-other`,
    'https://mcp.example.com/mcp/Demo',
    'https://mcp.example.com/mcp%2Fdemo',
    'https://other.example/mcp/demo',
    publicUrl,
  ])('RS-12 D01 refuses a token of another resource at %s', async (resource) => {
    const server = testServer()
    const { tokens } = await signedInClient(server)
    expect(await server.verifyAccessToken(tokens.access_token, resource)).toBeUndefined()
    expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toBeDefined()
  })

  it('RS-12 takes a token issued by the gateway-wide issuer, and none of a third', async () => {
    const server = testServer()
    const wide = await signedInClient(server, { request: { issuer: publicUrl } })
    expect(await server.verifyAccessToken(wide.tokens.access_token, demoResource)).toBeDefined()
    const third = await signedInClient(server, { request: { issuer: notesResource } })
    expect(await server.verifyAccessToken(third.tokens.access_token, demoResource)).toBeUndefined()
  })

  it('RS-12 refuses a token from its expiry on, cached or not', async () => {
    const server = testServer()
    const { tokens } = await signedInClient(server)
    const seen = tokens.access_token
    const unseen = (await signedInClient(server)).tokens.access_token
    server.clock.seconds += 899
    expect(await server.verifyAccessToken(seen, demoResource)).toBeDefined()
    server.clock.seconds += 1
    expect(await server.verifyAccessToken(seen, demoResource)).toBeUndefined()
    expect(await server.verifyAccessToken(unseen, demoResource)).toBeUndefined()
  })

  it('C06 D04 refuses other kinds of tokens, and tokens of another deployment with the same keyring', async () => {
    const server = testServer()
    const { clientId, tokens } = await signedInClient(server)
    const foreign = await signedInClient(testServer())
    for (const token of [tokens.refresh_token, clientId, foreign.tokens.access_token, '', 'a.b.c', 'at_x']) {
      expect(await server.verifyAccessToken(token, demoResource)).toBeUndefined()
    }
    const refreshed = await requestToken(server, refreshForm(clientId, tokens.access_token))
    expect(refreshed.body.error).toBe('invalid_grant')
  })

  it('asks the storage once in a while only: a verified token costs nothing until the next look at its grant', async () => {
    const clock = { seconds: 1_800_000_000 }
    const now = () => clock.seconds
    const { storage, watch } = watchedStorage(now)
    const server = testServer({ storage, now })
    const { tokens } = await signedInClient(server)
    await server.verifyAccessToken(tokens.access_token, demoResource)
    const { reads } = watch
    for (let call = 0; call < 100; call += 1)
      await server.verifyAccessToken(tokens.access_token, demoResource)
    expect(watch.reads).toBe(reads)
    clock.seconds += 5
    await server.verifyAccessToken(tokens.access_token, demoResource)
    expect(watch.reads).toBeGreaterThan(reads)
  })

  it('sees a revocation on another node within accessToken.recheckSeconds, on its own at once', async () => {
    const clock = { seconds: 1_800_000_000 }
    const now = () => clock.seconds
    const storage = memoryStorage({ now })
    const node = testServer({ storage, now })
    const other = testServer({ storage, now })
    const { tokens } = await signedInClient(node)
    expect(await node.verifyAccessToken(tokens.access_token, demoResource)).toBeDefined()
    expect(await other.verifyAccessToken(tokens.access_token, demoResource)).toBeDefined()
    const [grant] = await node.listGrants('user-1')
    clock.seconds += 1
    await node.revokeGrant(grant!.id)
    expect(await node.verifyAccessToken(tokens.access_token, demoResource)).toBeUndefined()
    clock.seconds += 4
    expect(await other.verifyAccessToken(tokens.access_token, demoResource)).toBeUndefined()
  })

  it('J01 fails closed when the storage is away, and forgets the failure', async () => {
    const clock = { seconds: 1_800_000_000 }
    const now = () => clock.seconds
    const { storage, watch } = watchedStorage(now)
    const server = testServer({ storage, now })
    const { tokens } = await signedInClient(server)
    watch.broken = true
    await expect(server.verifyAccessToken(tokens.access_token, demoResource)).rejects.toThrow(
      StorageUnavailableError,
    )
    watch.broken = false
    expect(await server.verifyAccessToken(tokens.access_token, demoResource)).toBeDefined()
  })
})

describe('the storage is away', () => {
  it('J01 is 503 temporarily_unavailable with Retry-After, never a dead grant, and the token stays good', async () => {
    const now = () => 1_800_000_000
    const { storage, watch } = watchedStorage(now)
    const server = testServer({ storage, now })
    const { clientId, tokens } = await signedInClient(server)
    watch.broken = true
    const away = await requestToken(server, refreshForm(clientId, tokens.refresh_token))
    expect(away.status).toBe(503)
    expect(away.body.error).toBe('temporarily_unavailable')
    expect(away.headers.get('retry-after')).toBe('5')
    expect(server.events.at(-1)).toMatchObject({ name: 'server.failed', outcome: 'failure' })
    watch.broken = false
    expect((await requestToken(server, refreshForm(clientId, tokens.refresh_token))).status).toBe(200)
  })

  it('J01 costs a client no tokens when it goes away just after they were issued', async () => {
    const now = () => 1_800_000_000
    const inner = memoryStorage({ now })
    let broken = false
    const storage: Storage = {
      ...inner,
      get: (key) =>
        broken && key[0] === 'client' ? Promise.reject(new StorageUnavailableError('down')) : inner.get(key),
      set: async (key, entry, when) => {
        const done = await inner.set(key, entry, when)
        if (key[0] === 'refresh-token') broken = true
        return done
      },
    }
    const server = testServer({ storage, now })
    const { tokens } = await signedInClient(server)
    expect(tokens.refresh_token).toBeDefined()
    expect(server.events.at(-1)).toMatchObject({ name: 'client.renewal_failed', outcome: 'failure' })
  })

  it('tells nothing about an unexpected failure but that it was one', async () => {
    const now = () => 1_800_000_000
    const inner = memoryStorage({ now })
    const storage: Storage = { ...inner, get: () => Promise.reject(new Error('secret detail')) }
    const answer = await requestToken(testServer({ storage, now }), refreshForm('client', 'rt_x'))
    expect(answer.status).toBe(500)
    expect(answer.body.error).toBe('server_error')
    expect(JSON.stringify(answer.body)).not.toContain('secret detail')
  })
})
