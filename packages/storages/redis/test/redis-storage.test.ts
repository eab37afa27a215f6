import { randomUUID } from 'node:crypto'

import { StorageUnavailableError, sweepDelaySeconds } from '@portico/storage'
import { describeStorage, spawnStorage } from '@portico/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { redisStorage } from '../src/index.ts'
import {
  ioredis,
  ioredisCluster,
  nodeRedis,
  nodeRedisCluster,
  nodeRedisSentinel,
  type TestClient,
} from './test-clients.ts'

const url = process.env['PORTICO_TEST_REDIS_URL']
const valkeyUrl = process.env['PORTICO_TEST_VALKEY_URL']
const clusterUrl = process.env['PORTICO_TEST_REDIS_CLUSTER_URL']
const sentinelUrl = process.env['PORTICO_TEST_REDIS_SENTINEL_URL']
const hashTag = `{test-${randomUUID()}}`
const prefix = `${hashTag}:`
const nobody = 'redis://127.0.0.1:1'

const clients: TestClient[] = []
afterAll(() => {
  for (const client of clients) client.close()
})

/** Opens a storage over a client of its own. */
function over(connect: () => TestClient | Promise<TestClient>) {
  return async (now: () => number) => {
    const client = await connect()
    clients.push(client)
    return redisStorage(client, { now, prefix })
  }
}

const unavailable = over(() => ioredis(nobody))

describe('prefix', () => {
  const client = { sendCommand: () => Promise.resolve(null) }

  it('is refused without a hash tag, which keeps all keys on one node of a cluster', () => {
    for (const prefix of ['portico:', '', '{}portico:', 'portico}:{']) {
      expect(() => redisStorage(client, { prefix })).toThrow(
        /put a part of it in braces, as in "\{portico\}:"/,
      )
    }
  })

  it('is accepted with one', () => {
    for (const prefix of ['{portico}:', 'app:{auth}:', '{a}']) {
      expect(redisStorage(client, { prefix })).toBeDefined()
    }
  })
})

describe('a server that cannot answer', () => {
  it('is reported with the word or code that says why, and nothing that was sent', async () => {
    const failing = (error: unknown) =>
      redisStorage({
        sendCommand: async () => {
          throw error
        },
      }).set(['code', 'c1'], { value: 'canary' })
    const oom = new Error("OOM command not allowed when used memory > 'maxmemory', with args 'canary'")
    await expect(failing(oom)).rejects.toMatchObject({ message: 'Redis cannot answer (OOM)', cause: oom })
    const refused = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' })
    await expect(failing(refused)).rejects.toThrow('Redis cannot answer (ECONNREFUSED)')
    await expect(failing('lost')).rejects.toThrow(StorageUnavailableError)
  })
})

it.skipIf(url === undefined)(
  'finds servers by PORTICO_TEST_REDIS_URL, …_CLUSTER_URL and …_SENTINEL_URL: `pnpm with:services vitest run` starts them',
  async () => {
    expect([clusterUrl, sentinelUrl]).not.toContain(undefined)
    const client = ioredis(url ?? nobody)
    clients.push(client)
    expect(await client.sendCommand(['PING'])).toBe('PONG')
  },
)

if (url !== undefined) proveRedis('redis', url)
if (valkeyUrl !== undefined) proveRedis('valkey', valkeyUrl)
if (clusterUrl !== undefined) proveCluster(clusterUrl)
if (sentinelUrl !== undefined) proveSentinel(sentinelUrl)

function proveRedis(name: 'redis' | 'valkey', url: string): void {
  const script = new URL('./redis-process.ts', import.meta.url)
  describeStorage(`${name}, four processes with node-redis`, spawnStorage(script, url, prefix), {
    another: spawnStorage(script, url, prefix),
    unavailable,
  })

  describeStorage(
    `${name}, over ioredis`,
    over(() => ioredis(url)),
    { another: over(() => ioredis(url)), unavailable },
  )

  describe(`upkeep of ${name}`, () => {
    let client: TestClient
    beforeAll(async () => {
      client = await nodeRedis(url)
      clients.push(client)
    })

    it('lets the server drop expired records and their groups by itself', async () => {
      const own = `{${randomUUID()}}:`
      const storage = redisStorage(client, { now: () => 1000, prefix: own })
      await storage.set(['code', 'c1'], { value: 1, group: 'g1', expiresAt: 1060 })
      const remaining = async (key: string) => Number(await client.sendCommand(['PTTL', `${own}${key}`]))
      const longest = (60 + sweepDelaySeconds) * 1000
      const bounds = [expect.toSatisfy((ttl: number) => ttl > longest - 60_000 && ttl <= longest + 1)]
      expect([await remaining('record:["code","c1"]')]).toEqual(bounds)
      expect([await remaining('group:"g1"')]).toEqual(bounds)

      await storage.set(['refresh', 'r1'], { value: 1, group: 'g1' })
      expect(await remaining('record:["refresh","r1"]')).toBe(-1)
      expect(await remaining('group:"g1"')).toBe(-1)
      await storage.delete(['refresh', 'r1'])
      await storage.set(['code', 'c1'], { value: 2, group: 'g1', expiresAt: 1060 })
      expect([await remaining('group:"g1"')]).toEqual(bounds)
    })

    it('leaves no key behind when everything has been removed, but the counter of versions', async () => {
      const own = `{${randomUUID()}}:`
      const storage = redisStorage(client, { now: () => 1000, prefix: own })
      for (let index = 0; index < 20; index++) {
        await storage.set(['code', String(index)], { value: 1, group: `g${index % 5}`, expiresAt: 1060 })
        await storage.set(['code', String(index)], { value: 2, group: `g${index % 3}` })
      }
      for (let index = 0; index < 10; index++) await storage.take(['code', String(index)])
      for (let index = 0; index < 3; index++) await storage.deleteGroup(`g${index}`)
      expect(await client.sendCommand(['KEYS', `${own}*`])).toEqual([`${own}version`])
    })

    it('forgets members of a group that the server has dropped, whatever became of their ids', async () => {
      const own = `{${randomUUID()}}:`
      const storage = redisStorage(client, { now: () => 1000, prefix: own })
      await storage.set(['code', 'c1'], { value: 1, group: 'first' })
      await storage.set(['code', 'c2'], { value: 2, group: 'first' })
      // As the server does when their time has come.
      await client.sendCommand(['DEL', `${own}record:["code","c1"]`, `${own}record:["code","c2"]`])
      await storage.set(['code', 'c1'], { value: 3, group: 'second' })
      expect(await storage.list('first')).toEqual([])
      await storage.deleteGroup('first')
      expect(await storage.list('second')).toMatchObject([{ value: 3 }])
    })

    it('gives out no version again after the server has lost its data, and goes on from a counter that is ahead', async () => {
      const own = `{${randomUUID()}}:`
      const storage = redisStorage(client, { prefix: own })
      const key = ['grant', 'g1'] as const
      const write = async (): Promise<number> => {
        await storage.set(key, { value: 'written' })
        return (await storage.get(key))?.version ?? Number.NaN
      }
      const lost = await write()
      // As after a failover to a replica that was behind, a flush, or a restore.
      await client.sendCommand(['DEL', `${own}version`, `${own}record:["grant","g1"]`])
      expect(await write()).toBeGreaterThan(lost)
      expect(await storage.set(key, { value: 'overwritten' }, { version: lost })).toBe(false)
      expect((await storage.get(key))?.value).toBe('written')

      // As after a failover to a replica whose clock is behind.
      await client.sendCommand(['SET', `${own}version`, '8000000000000000'])
      expect([await write(), await write()]).toEqual([8_000_000_000_000_001, 8_000_000_000_000_002])
    })

    it('survives that the server forgets its scripts', async () => {
      const storage = redisStorage(client, { prefix })
      await storage.set(['code', 'flushed'], { value: 1 })
      await client.sendCommand(['SCRIPT', 'FLUSH'])
      expect(await storage.take(['code', 'flushed'])).toMatchObject({ value: 1 })
    })
  })

  describe(`failure of ${name}`, () => {
    it('reports connections that the server ends, and carries on with new ones', async () => {
      const [client, admin] = [ioredis(url), ioredis(url)]
      clients.push(client, admin)
      const storage = redisStorage(client, { prefix })
      await storage.set(['grant', 'survivor'], { value: 1 })
      const id = String(await client.sendCommand(['CLIENT', 'ID']))
      await admin.sendCommand(['CLIENT', 'PAUSE', '60000', 'WRITE'])
      const paused = storage.take(['grant', 'survivor']).catch((error: unknown) => error)
      await admin.sendCommand(['CLIENT', 'KILL', 'ID', id])
      await admin.sendCommand(['CLIENT', 'UNPAUSE'])
      expect(await paused).toBeInstanceOf(StorageUnavailableError)
      expect(await storage.take(['grant', 'survivor'])).toMatchObject({ value: 1 })
    })
  })
}

function proveCluster(url: string): void {
  describeStorage(
    'redis, a cluster over node-redis and ioredis',
    over(() => nodeRedisCluster(url, hashTag)),
    { another: over(() => ioredisCluster(url)), unavailable },
  )
}

function proveSentinel(url: string): void {
  describeStorage(
    'redis, a server behind Sentinel',
    over(() => nodeRedisSentinel(url)),
    { another: over(() => nodeRedisSentinel(url)), unavailable },
  )

  it('carries on with the new primary after a failover, and answers nothing wrong meanwhile', async () => {
    const [client, sentinel] = [await nodeRedisSentinel(url), ioredis(url)]
    clients.push(client, sentinel)
    const storage = redisStorage(client, { prefix })
    const primary = () => sentinel.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'portico'])
    const before = await primary()
    await storage.set(['grant', 'replicated'], { value: 1 })
    await client.sendCommand(['WAIT', '1', '0'])
    // Refused until the sentinel has heard of the replica.
    const failover = () => sentinel.sendCommand(['SENTINEL', 'FAILOVER', 'portico'])
    while (!(await failover().then(Boolean, () => false)));

    let wrong = 0
    const isBack = async (): Promise<boolean> => {
      try {
        if ((await storage.get(['grant', 'replicated']))?.value !== 1) wrong++
        return await storage.set(['grant', 'after'], { value: 1 })
      } catch (error) {
        if (!(error instanceof StorageUnavailableError)) wrong++
        return false
      }
    }
    while (JSON.stringify(await primary()) === JSON.stringify(before) || !(await isBack()));
    expect(wrong).toBe(0)
    expect(await storage.take(['grant', 'replicated'])).toMatchObject({ value: 1 })
  })
}
