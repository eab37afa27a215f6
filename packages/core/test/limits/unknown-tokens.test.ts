import { memoryStorage, type Storage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import type { RateLimitOptions } from '../../src/options.ts'
import { testServer, type TestServer } from '../test-server.ts'
import { demoResource, formBody, notesResource, signedInClient } from '../token-client.ts'

const office = '192.0.2.7'
const guesses = Array.from({ length: 20 }, (_, index) => `at_${String(index).padStart(43, 'x')}`)

/** Looks at tokens that come from an address, in order: whether each is good, or when to come back. */
async function present(
  server: TestServer,
  tokens: readonly string[],
  clientAddress: string | null = office,
  resource = demoResource,
) {
  const answers: (boolean | number)[] = []
  for (const token of tokens) {
    const verified = server.verifyAccessToken(token, resource, undefined, {
      clientAddress: clientAddress ?? undefined,
    })
    answers.push(
      await verified.then(
        (found) => found !== undefined,
        (error: unknown) => (error as { readonly retryAfterSeconds: number }).retryAfterSeconds,
      ),
    )
  }
  return answers
}

async function requestRevocation(server: TestServer, clientId: string, token: string): Promise<void> {
  const body = formBody({ client_id: clientId, token })
  const { status } = await server.request('/oauth/revoke', { method: 'POST', body })
  expect(status).toBe(200)
}

/** A server ten seconds into a minute. */
function limitedServer(rateLimits: RateLimitOptions | false, storage?: Storage) {
  const server = testServer({ rateLimits, ...(storage && { storage }) })
  server.clock.seconds = 1_800_000_010
  return server
}

describe('unknown access tokens', () => {
  it('SEC-16 are looked at no more from an address that presented too many, until the minute is over', async () => {
    const server = limitedServer({ unknownTokens: 3 })
    expect(await present(server, guesses.slice(0, 4))).toEqual([false, false, false, 50])
    expect(await present(server, guesses.slice(0, 1), '192.0.2.8')).toEqual([false])
    server.clock.seconds += 50
    expect(await present(server, guesses.slice(0, 1))).toEqual([false])
  })

  it('SEC-16 make a good token refused as well that comes from there, until it is known from elsewhere', async () => {
    const server = limitedServer({ unknownTokens: 3 })
    const { tokens } = await signedInClient(server)
    await present(server, guesses.slice(0, 3))
    expect(await present(server, [tokens.access_token])).toEqual([50])
    expect(await present(server, [tokens.access_token], '192.0.2.8')).toEqual([true])
    // Who shares the address with somebody that guesses works on.
    expect(await present(server, [tokens.access_token])).toEqual([true])
  })

  it('SEC-16 are not those that were revoked or are for another resource', async () => {
    const server = limitedServer({ unknownTokens: 1 })
    const [mine, other] = [await signedInClient(server), await signedInClient(server)]
    const { access_token: token } = mine.tokens
    expect(await present(server, [token], office, notesResource)).toEqual([false])
    await requestRevocation(server, mine.clientId, token)
    expect(await present(server, [token, other.tokens.access_token])).toEqual([false, true])
  })

  it('SEC-16 are not those that have expired: that is how clients learn it is time to refresh', async () => {
    const server = limitedServer({ unknownTokens: 1 })
    const { tokens } = await signedInClient(server)
    server.clock.seconds += 900
    const later = await signedInClient(server)
    expect(await present(server, [tokens.access_token, later.tokens.access_token])).toEqual([false, true])
    // One detail more, and it is none of ours.
    const altered = `${tokens.access_token.slice(0, -5)}AAAAA`
    const last = await signedInClient(server)
    expect(await present(server, [altered, last.tokens.access_token])).toEqual([false, 50])
  })

  it('SEC-16 are counted over all nodes', async () => {
    const storage = memoryStorage({ now: () => 1_800_000_010 })
    const [one, two] = [
      limitedServer({ unknownTokens: 3 }, storage),
      limitedServer({ unknownTokens: 3 }, storage),
    ]
    expect(await present(one, guesses.slice(0, 2))).toEqual([false, false])
    expect(await present(two, guesses.slice(0, 2))).toEqual([false, 50])
  })

  it.each<[string, RateLimitOptions | false, string | null]>([
    ['without an address', { unknownTokens: 3 }, null],
    ['from this machine', { unknownTokens: 3 }, '127.0.0.1'],
    ['where the limit is off', { unknownTokens: false }, office],
    ['where all limits are off', false, office],
  ])('SEC-16 are not counted %s', async (_, rateLimits, clientAddress) => {
    const answers = await present(limitedServer(rateLimits), guesses, clientAddress)
    expect(new Set(answers)).toEqual(new Set([false]))
  })

  it('cost a good token no request of the storage', async () => {
    const inner = memoryStorage({ now: () => 1_800_000_010 })
    const asked: string[] = []
    const storage: Storage = {
      ...inner,
      get: (key) => {
        asked.push(key[0])
        return inner.get(key)
      },
      set: (key, entry, when) => {
        asked.push(key[0])
        return inner.set(key, entry, when)
      },
    }
    const server = limitedServer({ unknownTokens: 3 }, storage)
    const tokens = await Promise.all([signedInClient(server), signedInClient(server)])
    const costOf = async (token: string, from?: { readonly clientAddress: string }) => {
      asked.length = 0
      expect(await server.verifyAccessToken(token, demoResource, undefined, from)).toBeDefined()
      return asked.toSorted()
    }
    const [counted, uncounted] = tokens.map((each) => each.tokens.access_token) as [string, string]
    const usual = await costOf(uncounted)
    expect(await costOf(counted, { clientAddress: office })).toEqual(usual)
    expect(await costOf(counted, { clientAddress: office })).toEqual([])
    expect(usual).not.toContain('rate-window')
  })
})
