import { randomUUID } from 'node:crypto'

import { Pool } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'

import { loadSqlite, openStorage } from '../src/open-storage.ts'
import { optionalPackage } from '../src/optional-package.ts'
import { parseStorageSetting, storagePlace } from '../src/storage-setting.ts'
import type { StorageSetting } from '../src/storage-setting.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const servers = {
  postgres: process.env['PORTICO_TEST_POSTGRES_URL'],
  redis: process.env['PORTICO_TEST_REDIS_URL'],
  cluster: process.env['PORTICO_TEST_REDIS_CLUSTER_URL']?.replace('redis:', 'redis+cluster:'),
  sentinel: process.env['PORTICO_TEST_REDIS_SENTINEL_URL']?.replace('redis:', 'redis+sentinel:') + '/portico',
}

function settingOf(value: string): StorageSetting {
  const setting = parseStorageSetting(value)
  if ('problem' in setting) throw new Error(setting.problem)
  return setting
}

const open = (value: string) => openStorage(settingOf(value), temporaryDirectory())

describe('PORTICO_STORAGE', () => {
  const redis = {
    kind: 'redis',
    topology: 'single',
    username: undefined,
    password: undefined,
    primary: undefined,
    database: undefined,
  }

  it('names the release of Node to install where the runtime has no SQLite, and passes on other failures', async () => {
    const failing = (code: string) => () =>
      Promise.reject(Object.assign(new Error('No such built-in module: node:sqlite'), { code }))
    await expect(loadSqlite(failing('ERR_UNKNOWN_BUILTIN_MODULE'))).rejects.toThrow(
      /SQLite needs Node 22\.13 or newer, and this is \d+/,
    )
    await expect(loadSqlite(failing('EACCES'))).rejects.toThrow(/^No such built-in module/)
  })

  it.each<[string, StorageSetting]>([
    ['memory:', { kind: 'memory' }],
    ['sqlite:portico.db', { kind: 'sqlite', file: 'portico.db' }],
    ['postgres://u:p@db/portico', { kind: 'postgres', url: 'postgres://u:p@db/portico' }],
    ['postgresql://db', { kind: 'postgres', url: 'postgresql://db' }],
    ['redis://cache', { ...redis, nodes: ['redis://cache'] } as StorageSetting],
    [
      'rediss://portico:p%40ss@cache:6380/3',
      {
        ...redis,
        nodes: ['rediss://cache:6380'],
        username: 'portico',
        password: 'p@ss',
        database: 3,
      } as StorageSetting,
    ],
    [
      'redis+sentinel://:secret@s1:26379,s2:26379/main/2',
      {
        ...redis,
        topology: 'sentinel',
        nodes: ['redis://s1:26379', 'redis://s2:26379'],
        password: 'secret',
        primary: 'main',
        database: 2,
      } as StorageSetting,
    ],
    [
      'rediss+cluster://n1:6379,[::1]:6380',
      { ...redis, topology: 'cluster', nodes: ['rediss://n1:6379', 'rediss://[::1]:6380'] } as StorageSetting,
    ],
  ])('may be %s', (value, setting) => {
    expect(parseStorageSetting(value)).toEqual(setting)
  })

  it.each([
    ['postgres:', 'Use "postgres://user:password@db.internal:5432/portico"'],
    ['redis://', 'Use "redis://:password@cache.internal:6379/0"'],
    ['redis://a,b', 'Use "redis://:password@cache.internal:6379/0"'],
    ['redis://a/b', 'Use "redis://:password@cache.internal:6379/0"'],
    ['redis+sentinel://s1:26379', 'is not an address of Redis'],
    ['redis+cluster://n1:6379/1', 'is not an address of Redis'],
    ['redis+magic://n1', 'is not an address of Redis'],
    ['mysql://db', '"postgres://…", "redis://…"'],
  ])('cannot be %s', (value, problem) => {
    expect(parseStorageSetting(value)).toEqual({ problem: expect.stringContaining(problem) })
  })

  it('is shown without credentials', () => {
    const shown = (value: string) => storagePlace(settingOf(value))
    expect(shown('postgres://u:canary@db:5433/portico?password=canary')).toBe('postgres://db:5433/portico')
    expect(shown('redis://u:canary@cache/1')).toBe('redis://cache')
    expect(shown('redis+sentinel://:canary@s1:1,s2:2/main')).toBe(
      'redis://s1:1, redis://s2:2 (Sentinel, main)',
    )
    expect(shown('redis+cluster://:canary@n1:1,n2:2')).toBe('redis://n1:1, redis://n2:2 (cluster)')
  })
})

describe('a storage that cannot be used', () => {
  it('names the package of its client when that is not installed', async () => {
    await expect(optionalPackage('@acme/never-published', temporaryDirectory())).rejects.toMatchObject({
      problems: [
        {
          setting: 'PORTICO_STORAGE',
          message:
            'needs the package "@acme/never-published", which is not installed: run "npm install @acme/never-published".',
        },
      ],
    })
  })

  it.each([
    [
      'postgres://u:canary@127.0.0.1:1/portico',
      'PostgreSQL cannot answer (ECONNREFUSED). Check that the server is running and that this machine can reach it, or correct the address.',
    ],
    [
      'redis://:canary@127.0.0.1:1',
      'Redis cannot answer (ECONNREFUSED). Check that the server is running and that this machine can reach it, or correct the address.',
    ],
    ['redis+cluster://:canary@127.0.0.1:1', 'Redis cannot answer'],
    ['redis+sentinel://:canary@127.0.0.1:1/main', 'Redis cannot answer'],
    [
      'sqlite:.',
      'unable to open database file. Name a file that this user may write, e.g. "sqlite:data/portico.db".',
    ],
  ])('%s is refused, and no password is told', async (value, message) => {
    const refusal: unknown = await open(value).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      problems: [{ setting: 'PORTICO_STORAGE', message: expect.stringContaining(message) }],
    })
    expect(String(refusal)).not.toContain('canary')
  })
})

describe('a storage on a server', () => {
  it.skipIf(servers.redis === undefined).each(['redis', 'cluster', 'sentinel'] as const)(
    'is opened: %s',
    async (name) => {
      const { storage, close } = await open(servers[name] ?? '')
      onTestFinished(close)
      const key = ['test', randomUUID()] as const
      await storage.set(key, { value: name })
      expect(await storage.take(key)).toMatchObject({ value: name })
    },
  )

  it.skipIf(servers.postgres === undefined)(
    'is opened with its tables, by any number at once: postgres',
    async () => {
      const schema = `test_${randomUUID().replaceAll('-', '')}`
      const admin = new Pool({ connectionString: servers.postgres, max: 1 })
      await admin.query(`CREATE SCHEMA ${schema}`)
      onTestFinished(async () => {
        await admin.query(`DROP SCHEMA ${schema} CASCADE`)
        await admin.end()
      })
      const url = `${servers.postgres}?options=-csearch_path%3D${schema}`
      const opened = await Promise.all([open(url), open(url), open(url)])
      onTestFinished(async () => {
        for (const { close } of opened) await close()
      })
      const [one, other] = opened
      await one.storage.set(['test', 'shared'], { value: 1 })
      expect(await other.storage.take(['test', 'shared'])).toMatchObject({ value: 1 })
      expect(one.place).toBe(storagePlace(settingOf(servers.postgres ?? '')))
    },
  )
})
