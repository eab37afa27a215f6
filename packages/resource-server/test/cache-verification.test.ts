import { expect, it } from 'vitest'

import { type AccessToken, cacheVerification, type CacheVerificationOptions } from '../src/index.ts'
import { hashToken as hashOnNode } from '../src/node-hash-token.ts'
import { hashToken as hashAnywhere } from '../src/portable-hash-token.ts'

function setUp(options: CacheVerificationOptions = {}) {
  const clock = { now: 1_000 }
  const asked: string[] = []
  const good = new Map<string, AccessToken>()
  const verify = cacheVerification(
    async (token, resource) => {
      asked.push(`${token} ${resource}`)
      return good.get(`${token} ${resource}`)
    },
    { now: () => clock.now, ...options },
  )
  const add = (token: string, resource = 'a', expiresAt = 5_000) =>
    good.set(`${token} ${resource}`, { subject: token, clientId: 'c', scopes: [], expiresAt })
  return { clock, asked, verify, add, good }
}

it('asks once for a good token until the verdict is too old', async () => {
  const { verify, asked, add, clock } = setUp()
  add('good')
  expect(await verify('good', 'a')).toMatchObject({ subject: 'good' })
  clock.now += 9
  expect(await verify('good', 'a')).toMatchObject({ subject: 'good' })
  expect(asked).toHaveLength(1)
  clock.now += 1
  await verify('good', 'a')
  expect(asked).toHaveLength(2)
})

it('sees a revocation within maxAgeSeconds', async () => {
  const { verify, good, add, clock } = setUp({ maxAgeSeconds: 3 })
  add('good')
  await verify('good', 'a')
  good.clear()
  clock.now += 3
  expect(await verify('good', 'a')).toBeUndefined()
})

it('forgets a token when it expires', async () => {
  const { verify, good, add, clock } = setUp()
  add('good', 'a', 1_004)
  await verify('good', 'a')
  good.clear()
  clock.now = 1_003
  expect(await verify('good', 'a')).toBeDefined()
  clock.now = 1_004
  expect(await verify('good', 'a')).toBeUndefined()
})

it('D01 keeps resources apart', async () => {
  const { verify, add } = setUp()
  add('good', 'a')
  await verify('good', 'a')
  expect(await verify('good', 'b')).toBeUndefined()
})

it('remembers no refusal and no failure', async () => {
  const { verify, add } = setUp()
  expect(await verify('late', 'a')).toBeUndefined()
  add('late')
  expect(await verify('late', 'a')).toBeDefined()
})

it('keeps at most maxEntries verdicts and drops the oldest', async () => {
  const { verify, add, asked } = setUp({ maxEntries: 2 })
  for (const token of ['one', 'two', 'three']) {
    add(token)
    await verify(token, 'a')
  }
  await verify('three', 'a')
  await verify('two', 'a')
  expect(asked).toHaveLength(3)
  await verify('one', 'a')
  expect(asked).toHaveLength(4)
})

it('hashes the whole token, on every runtime', async () => {
  for (const hash of [hashOnNode, hashAnywhere]) {
    expect(await hash('token')).toBe(await hash('token'))
    expect(await hash('token')).not.toBe(await hash('tokem'))
  }
})
