import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { logto } from '@portico/logto'
import { describe, expect, it, onTestFinished } from 'vitest'

import { buildGateway } from '../src/build-gateway.ts'
import { generateKey } from '../src/keyring-file.ts'
import { silentLog } from '../src/log.ts'
import { openStorage } from '../src/open-storage.ts'
import { rotateKeys } from '../src/rotate-keys.ts'
import { readSettings } from '../src/settings.ts'
import { startGateway } from '../src/start-gateway.ts'
import { portico } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const config = {
  providers: [
    logto({
      logtoEndpoint: 'https://acme.logto.app',
      clientId: 'k9x2m4',
      clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9M',
    }),
  ],
  routes: [{ path: '/mcp/a', id: 'a', upstream: { url: 'https://a.example/mcp' } }],
}

function deployment(directory: string, keys: readonly string[] = []) {
  const environment =
    keys.length > 0 ? { PORTICO_PUBLIC_URL: 'https://mcp.example.com', PORTICO_KEYS: keys.join(',') } : {}
  const { settings } = readSettings(environment)
  return { config, settings, fetch: undefined, workingDirectory: directory }
}

/** Signs as a gateway with this keyring would: the private key has to be opened for it. */
async function sign(directory: string, keys: readonly string[]): Promise<string> {
  const { settings } = readSettings({
    PORTICO_PUBLIC_URL: 'https://mcp.example.com',
    PORTICO_KEYS: keys.join(','),
  })
  const { storage, close } = await openStorage(settings.storage, directory)
  try {
    const gateway = buildGateway({ config, settings, fetch: undefined, log: silentLog, storage, keys })
    const { context } = gateway.originFor('mcp.example.com')!.server
    await context.refreshTokenKey()
    return await context.signingKeys.sign({}, 'at+jwt')
  } finally {
    await close()
  }
}

/** The records of a gateway that has run there. */
async function makeDatabase(directory: string): Promise<string> {
  const { close } = await openStorage(readSettings({}).settings.storage, directory)
  await close()
  return directory
}

const keysIn = (directory: string) =>
  readFileSync(join(directory, 'data/portico.keys'), 'utf8').trim().split('\n')

describe('a rotation of the keyring', () => {
  it('SEC-20 proposes first to add the new key behind, then to put it in front', async () => {
    const old = generateKey()
    const rotation = await rotateKeys(deployment(temporaryDirectory(), [old]))
    const { afterwards } = rotation as { readonly afterwards: string }
    const [fresh] = afterwards.split(',')
    expect(rotation).toEqual({ step: 'add', now: `${old},${fresh}`, afterwards: `${fresh},${old}` })
  })

  it('SEC-20 seals what is stored under the newest key, so that the old one can go', async () => {
    const directory = temporaryDirectory()
    const [old, fresh] = [generateKey(), generateKey()]
    await sign(directory, [old])
    await expect(sign(directory, [fresh])).rejects.toThrow('is not in the keyring')
    expect(await rotateKeys(deployment(directory, [fresh, old]))).toEqual({
      step: 'sealed',
      place: 'PORTICO_KEYS',
      olderKeys: 1,
      connections: 0,
      signIns: 0,
      failed: 0,
    })
    await expect(sign(directory, [fresh])).resolves.toMatch(/^ey/)
    await expect(sign(directory, [old])).rejects.toThrow('is not in the keyring')
  })

  it('writes a key file by itself', async () => {
    const directory = await makeDatabase(temporaryDirectory())
    await rotateKeys(deployment(directory))
    await rotateKeys(deployment(directory))
    const keys = keysIn(directory)
    expect(keys).toHaveLength(3)
    await expect(sign(directory, keys.slice(0, 1))).resolves.toMatch(/^ey/)
  })

  it('makes neither keys nor records where no gateway has run', async () => {
    const directory = temporaryDirectory()
    await expect(rotateKeys(deployment(directory))).rejects.toMatchObject({
      problems: [
        { setting: 'PORTICO_STORAGE', message: expect.stringContaining('run this where the gateway runs') },
      ],
    })
    expect(existsSync(join(directory, 'data'))).toBe(false)
  })

  it('refuses a keyring without the key that was used, and seals nothing', async () => {
    const directory = temporaryDirectory()
    const old = generateKey()
    await sign(directory, [old])
    await expect(rotateKeys(deployment(directory, [generateKey(), generateKey()]))).rejects.toMatchObject({
      problems: [{ setting: 'PORTICO_KEYS', message: expect.stringContaining('is not in the keyring') }],
    })
    await expect(sign(directory, [old])).resolves.toMatch(/^ey/)
  })
})

describe('upstream connections', () => {
  const connected = {
    ...config,
    connections: [
      {
        id: 'search',
        displayName: 'Search',
        authMode: 'user-api-key' as const,
        url: 'https://search.example/mcp',
        apiKey: {},
      },
    ],
  }
  const users = Array.from({ length: 30 }, (_, index) => `user-${index}`)

  /** The vault of a gateway with this keyring, until the end of the test. */
  async function vault(directory: string, ...keys: readonly string[]) {
    const { settings } = deployment(directory, keys)
    const { storage, close } = await openStorage(settings.storage, directory)
    onTestFinished(close)
    const parts = { config: connected, settings, fetch: undefined, log: silentLog, storage, keys }
    const { connections } = buildGateway(parts).originFor('mcp.example.com')!
    return {
      save: (user: string) => connections!.saveApiKey('search', user, `key-of-${user}`),
      read: async (user: string) => JSON.stringify(await connections!.authorize('search', user)),
    }
  }

  it('SEC-20 are sealed anew while a gateway serves, and progress is reported', async () => {
    const directory = temporaryDirectory()
    const [old, fresh] = [generateKey(), generateKey()]
    const before = await vault(directory, old)
    for (const user of users) await before.save(user)

    const serving = await vault(directory, fresh, old)
    const steps: number[] = []
    const [rotation, ...reads] = await Promise.all([
      rotateKeys({
        ...deployment(directory, [fresh, old]),
        config: connected,
        report: ({ done }) => steps.push(done),
      }),
      ...users.map((user) => serving.read(user)),
    ])
    expect(rotation).toMatchObject({ step: 'sealed', failed: 0 })
    expect(steps.length).toBeGreaterThan(0)
    expect(reads).toEqual(users.map((user) => expect.stringContaining(`key-of-${user}`) as string))

    const after = await vault(directory, fresh)
    for (const user of users) expect(await after.read(user)).toContain(`key-of-${user}`)
  })

  it('SEC-20 whose key was retired too early are missed at the start, by its name', async () => {
    const directory = temporaryDirectory()
    const [old, fresh] = [generateKey(), generateKey()]
    const before = await vault(directory, old)
    for (const user of users) await before.save(user)
    // As a rotation that never got to them: what every request needs is sealed anew, and the rest is not.
    await rotateKeys({ ...deployment(directory, [fresh, old]) })

    const warningsWith = async (...keys: readonly string[]) => {
      const started = await startGateway({
        ...deployment(directory, keys),
        settings: { ...deployment(directory, keys).settings, port: 0 },
        config: connected,
        log: silentLog,
        hosts: ['127.0.0.1'],
      })
      await started.close()
      return started.warnings
    }
    expect(await warningsWith(fresh)).toEqual([
      {
        setting: 'PORTICO_KEYS',
        message: expect.stringMatching(/^lacks the key "[\w-]{8}", and 30 upstream connections/) as string,
      },
    ])
    expect(await warningsWith(fresh, old)).toEqual([])
    const serving = await vault(directory, fresh)
    await expect(serving.read('user-1')).rejects.toThrow('put the retired key back')
  })
})

describe('a keyring without the key of the signing key', () => {
  it('SEC-20 keeps a gateway from starting', async () => {
    const directory = temporaryDirectory()
    await sign(directory, [generateKey()])
    const options = { ...deployment(directory, [generateKey()]), log: silentLog, hosts: ['127.0.0.1'] }
    await expect(startGateway(options)).rejects.toMatchObject({
      problems: [{ setting: 'PORTICO_KEYS', message: expect.stringContaining('put the retired key back') }],
    })
  })
})

describe('portico keys rotate', () => {
  const files = {
    'portico.config.mjs': `
      import { logto } from '${new URL('../../providers/logto/src/index.ts', import.meta.url).href}'
      export default {
        providers: [logto({ logtoEndpoint: 'https://acme.logto.app', clientId: 'k9x2m4', clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9M' })],
        routes: [{ path: '/mcp/a', id: 'a', upstream: { url: 'https://a.example/mcp' } }],
      }`,
  }

  it('says what it did', async () => {
    const { code, output } = await portico(['keys', 'rotate', '--json'], {
      directory: await makeDatabase(temporaryDirectory(files)),
    })
    expect({ code, output: JSON.parse(output) as unknown }).toEqual({
      code: 0,
      output: {
        step: 'sealed',
        place: 'data/portico.keys',
        olderKeys: 1,
        connections: 0,
        signIns: 0,
        failed: 0,
      },
    })
  })

  it('proposes variables for people and shells', async () => {
    const { code, output } = await portico(['keys', 'rotate'], {
      directory: temporaryDirectory(files),
      environment: { PORTICO_PUBLIC_URL: 'https://mcp.example.com', PORTICO_KEYS: generateKey() },
    })
    expect(code).toBe(0)
    expect(output.match(/^PORTICO_KEYS=[\w-]{43},[\w-]{43}$/gm)).toHaveLength(2)
  })
})
