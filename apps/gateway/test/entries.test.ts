import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { findRuntime, processRuntimeIds, startProcess, startWorker } from '@portico/runtimes'
import { nodeFetch } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished } from 'vitest'

import { readSurroundings } from '../src/entries/surroundings.ts'

const configured = {
  LOGTO_ENDPOINT: 'http://127.0.0.1:9',
  LOGTO_CLIENT_ID: 'portico',
  LOGTO_CLIENT_SECRET: 'a-secret',
  DEMO_UPSTREAM_URL: 'http://127.0.0.1:9/mcp',
  NOTES_UPSTREAM_URL: 'http://127.0.0.1:9/mcp',
}
const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'portico-entry-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

/** What a client sees first: a refusal that says where to sign in, and a gateway that its storage answers. */
async function expectGateway(origin: string): Promise<void> {
  const ready = await nodeFetch(new Request(`${origin}/readyz`))
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }])
  const refused = await nodeFetch(new Request(`${origin}/mcp/demo`, { method: 'POST' }))
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toContain(
    `resource_metadata="${origin}/.well-known/oauth-protected-resource/mcp/demo"`,
  )
}

/** The whole answer to a request with this `Host`. */
async function answerTo(origin: string, host: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1')
  socket.write(`GET /healthz HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const runtimes = processRuntimeIds.map((id) => [id, findRuntime(id)] as const)

// Three processes start here, one after the other: on a busy machine that takes longer than a test usually may.
describe.each(runtimes)('the entry for %s', { timeout: 60_000 }, (id, runtime) => {
  const entry = fileURLToPath(new URL(`../src/entries/${id.replace(/-\d+$/, '')}.ts`, import.meta.url))
  const start = (environment: Readonly<Record<string, string>>) => {
    if (!runtime) throw new Error(`${id} is not installed`)
    const settings = {
      PORTICO_CONFIG: fileURLToPath(new URL('../config/', import.meta.url)),
      PORTICO_PORT: '0',
      PORTICO_KEYS: key,
      PORTICO_STORAGE: `sqlite:${join(temporaryDirectory(), 'made', 'portico.db')}`,
    }
    return startProcess(
      [...runtime.command, entry],
      { ...settings, ...configured, ...environment },
      /^Portico serves (http:\/\/localhost:\d+)$/m,
    )
  }

  it.skipIf(!runtime)('serves the configured gateway until it is told to stop', async () => {
    const { announced, close } = await start({})
    const [, origin = ''] = announced
    await expectGateway(origin)
    await expectGateway(origin.replace('localhost', '127.0.0.1'))
    await expect(start({ PORTICO_PORT: new URL(origin).port })).rejects.toThrow(/ended with 1:\n.*in use/i)
    expect(await close()).toBe(0)
  })

  it.skipIf(!runtime)('refuses a host that is none, and shows nothing of itself', async () => {
    const { announced, close } = await start({})
    const [, origin = ''] = announced
    const { host } = new URL(origin)
    expect(await answerTo(origin, host)).toMatch(/^HTTP\/1\.1 200 /)
    for (const wrong of ['a b', '[::', '%zz:99999999', `${host}/healthz?`, `user@${host}`, '']) {
      const [head = '', body = ''] = (await answerTo(origin, wrong)).split('\r\n\r\n')
      expect([wrong, head.split('\r\n')[0], body.replace(/^0\s*/, '')]).toEqual([
        wrong,
        'HTTP/1.1 400 Bad Request',
        '',
      ])
    }
    expect(await close()).toBe(0)
  })

  it.skipIf(!runtime)('ends with what is wrong in the files, and how to put it right', async () => {
    await expect(start({ LOGTO_ENDPOINT: 'http://127.0.0.1:9/oidc' })).rejects.toThrow(
      /ended with 1:\n.*policies\.json:\d+ .*remove "\/oidc"/,
    )
  })
})

describe('the settings of an entry', () => {
  it('default to port 9000, a file in data, and this machine alone', () => {
    expect(readSurroundings({ PORTICO_KEYS: key, PORTICO_PORT: 'tcp://10.96.0.7:80' }).port).toBe(9000)
    expect(readSurroundings({ PORTICO_KEYS: 'one, two' })).toEqual({
      publicUrl: undefined,
      port: 9000,
      keys: ['one', 'two'],
      databaseFile: 'data/portico.db',
      trustedProxies: [],
      configDirectory: 'config',
    })
  })

  it.each([
    [{}, 'PORTICO_KEYS: is missing'],
    [{ PORTICO_KEYS: key, PORTICO_PORT: 'http' }, 'PORTICO_PORT: must be a number'],
    [{ PORTICO_KEYS: key, PORTICO_STORAGE: 'redis://127.0.0.1' }, 'PORTICO_STORAGE: must be "sqlite:"'],
  ])('are refused: %j', (environment, message) => {
    expect(() => readSurroundings(environment)).toThrow(message)
  })
})

describe('the entry for workers', () => {
  it('serves the bundled configuration from Durable Objects', async () => {
    const { origin, close } = await startWorker(new URL('../src/entries/workers.ts', import.meta.url), {
      bindings: { ...configured, PORTICO_KEYS: key },
      durableObjects: { GATEWAY: 'GatewayObject', STORAGE: 'StorageObject' },
    })
    onTestFinished(close)
    await expectGateway(origin)
  })
})
