import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

import { describe, expect, it, onTestFinished } from 'vitest'

import { oneRouteFiles } from './one-route-files.ts'
import { portico, run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const environment = {
  LOGTO_ENDPOINT: 'http://localhost:3001',
  LOGTO_CLIENT_ID: 'k9x2m4',
  LOGTO_CLIENT_SECRET: 'wJ8vT2nQx5LrB7kYp3ZsHd9M',
}

const files = oneRouteFiles({
  logtoEndpoint: '$env(LOGTO_ENDPOINT)',
  clientId: '$env(LOGTO_CLIENT_ID)',
  clientSecret: '$env(LOGTO_CLIENT_SECRET)',
})

interface Started {
  readonly event: string
  readonly port: number
  readonly publicUrl: string
  readonly redirectUris: readonly { readonly url: string }[]
  readonly storage: string
  readonly keys: string
  readonly admin?: string
  readonly warnings: readonly unknown[]
}

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly nextLine: () => Promise<string>
  readonly exitCode: Promise<number | null>
}

/** Starts `portico serve` on a free port. */
function serve(
  directory: string,
  commandLine: readonly string[] = ['--json'],
  more: NodeJS.ProcessEnv = {},
): Running {
  const child = spawn(
    process.execPath,
    ['--conditions=@portico/source', main, 'serve', '--port', '0', ...commandLine],
    {
      cwd: directory,
      env: { PATH: process.env['PATH'], ...environment, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    child,
    nextLine: async () => String((await lines.next()).value),
    exitCode: new Promise((resolve) => child.once('exit', resolve)),
  }
}

const startedOf = async ({ nextLine }: Running) => JSON.parse(await nextLine()) as Started

describe('portico serve', () => {
  it('without settings serves this machine, from a SQLite file and a key beside it', async () => {
    const directory = temporaryDirectory(files)
    const running = serve(directory)
    const started = await startedOf(running)
    expect(started).toEqual({
      event: 'started',
      port: expect.any(Number),
      publicUrl: `http://localhost:${started.port}`,
      routes: [
        { url: `http://localhost:${started.port}/mcp/linear-v1`, upstream: 'https://mcp.linear.app/mcp' },
      ],
      redirectUris: [{ provider: 'Logto', url: `http://localhost:${started.port}/oauth/callback` }],
      storage: 'data/portico.db',
      keys: 'data/portico.keys (created)',
      warnings: [],
    })
    expect(existsSync(join(directory, 'data/portico.db'))).toBe(true)
    const metadata = await fetch(`${started.publicUrl}/.well-known/oauth-authorization-server/mcp/linear-v1`)
    expect(await metadata.json()).toMatchObject({ issuer: `${started.publicUrl}/mcp/linear-v1` })
    running.child.kill('SIGTERM')
    expect(await running.exitCode).toBe(0)
  })

  it('carries on where it was stopped', async () => {
    const directory = temporaryDirectory(files)
    const keyOf = async (running: Running) => {
      const { publicUrl, keys } = await startedOf(running)
      const published = await (await fetch(`${publicUrl}/.well-known/jwks.json`)).text()
      running.child.kill('SIGINT')
      expect(await running.exitCode).toBe(0)
      return { published, keys }
    }
    const first = await keyOf(serve(directory))
    const second = await keyOf(serve(directory))
    expect(second).toEqual({ published: first.published, keys: 'data/portico.keys' })
  })

  it('takes the public URL and the keys from the environment', async () => {
    const key = '7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'
    const settings = {
      PORTICO_PUBLIC_URL: 'https://mcp.example.com',
      PORTICO_KEYS: key,
      PORTICO_STORAGE: 'memory:',
    }
    const running = serve(temporaryDirectory(files), ['--json', '--host', '127.0.0.1'], {
      ...settings,
      LOGTO_ENDPOINT: 'https://acme.logto.app',
    })
    const started = await startedOf(running)
    expect(started).toMatchObject({
      publicUrl: 'https://mcp.example.com',
      redirectUris: [{ url: 'https://mcp.example.com/oauth/callback' }],
      keys: 'PORTICO_KEYS',
    })
    const response = await fetch(`http://127.0.0.1:${started.port}/mcp/linear-v1`, { method: 'POST' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('"https://mcp.example.com/.well-known/')
  })

  it('prints for people what to register, and the URLs of its routes', async () => {
    const { nextLine } = serve(temporaryDirectory(files), [])
    const lines: string[] = []
    while (!lines.at(-1)?.startsWith('Keys:')) lines.push(await nextLine())
    expect(lines.join('\n').replaceAll(/localhost:\d+/g, 'localhost:9000')).toBe(
      [
        'Portico serves http://localhost:9000',
        '',
        'MCP endpoints:',
        '  http://localhost:9000/mcp/linear-v1 -> https://mcp.linear.app/mcp',
        'Redirect URIs to register at the identity providers:',
        '  Logto: http://localhost:9000/oauth/callback',
        'Metadata:',
        '  http://localhost:9000/.well-known/oauth-authorization-server',
        'Storage: data/portico.db',
        'Keys: data/portico.keys (created)',
      ].join('\n'),
    )
  })

  it('logs requests at level debug, without their query', async () => {
    const running = serve(temporaryDirectory(files), ['--json'], { PORTICO_LOG: 'debug' })
    const { publicUrl } = await startedOf(running)
    await fetch(`${publicUrl}/healthz?code=secret`)
    expect(JSON.parse(await running.nextLine())).toEqual({
      time: expect.any(String),
      level: 'debug',
      event: 'request',
      method: 'GET',
      path: '/healthz',
      status: 200,
      durationMs: expect.any(Number),
      requestId: expect.any(String),
      clientAddress: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    })
  })

  it('refuses to start with a mistake, and makes no file', async () => {
    const directory = temporaryDirectory(files)
    const wrong = { ...environment, LOGTO_ENDPOINT: 'https://acme.logto.app/oidc', PORTICO_LOG: 'loud' }
    const { code, output, errors } = await portico(['serve'], { directory, environment: wrong })
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(errors.trim().split('\n')).toEqual([
      expect.stringMatching(/^PORTICO_LOG: /),
      expect.stringMatching(/^config\/policies\.json:\d+ handler\.options\.logtoEndpoint: /),
    ])
    expect(existsSync(join(directory, 'data'))).toBe(false)
  })

  it('SEC-21 refuses to start with a key that is not random', async () => {
    const settings = {
      PORTICO_PUBLIC_URL: 'https://mcp.example.com',
      PORTICO_KEYS: 'secret',
      PORTICO_STORAGE: 'memory:',
    }
    const { code, errors } = await portico(['serve'], {
      directory: temporaryDirectory(files),
      environment: { ...environment, LOGTO_ENDPOINT: 'https://acme.logto.app', ...settings },
    })
    expect(code).toBe(1)
    expect(errors).toMatch(/^PORTICO_KEYS\[0\]: .*portico keys generate/)
  })

  it('serves operators on a port of their own, and says so', async () => {
    const token = 'hT1Yc0b9Rz0mX3uQ4wLq8sKpVn6jDfGaE2iOyB5ZtCk'
    const running = serve(temporaryDirectory(files), ['--json'], {
      PORTICO_ADMIN_PORT: '0',
      PORTICO_ADMIN_TOKEN: token,
    })
    const { admin, publicUrl, warnings } = await startedOf(running)
    expect(warnings).toEqual([])
    const revoke = (origin: string | undefined, shown: string) =>
      fetch(`${origin}/admin/api/revocations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${shown}` },
        body: JSON.stringify({ subject: 'somebody' }),
      })
    expect((await revoke(publicUrl, token)).status).toBe(404)
    expect((await revoke(admin, `${token}x`)).status).toBe(401)
    expect(await (await revoke(admin, token)).json()).toEqual({ grants: 0, sessions: 0 })
    running.child.kill('SIGTERM')
    expect(await running.exitCode).toBe(0)
  })

  it('warns of an admin side that other machines reach', async () => {
    const running = serve(temporaryDirectory(files), ['--json'], {
      PORTICO_ADMIN_PORT: '0',
      PORTICO_ADMIN_HOST: '0.0.0.0',
    })
    expect((await startedOf(running)).warnings).toEqual([
      { setting: 'PORTICO_ADMIN_HOST', message: expect.stringContaining('nobody but operators') },
    ])
  })

  it.each([
    ['PORTICO_PORT', (port: string) => ['--port', port], () => ({})],
    ['PORTICO_ADMIN_PORT', () => ['--port', '0'], (port: string) => ({ PORTICO_ADMIN_PORT: port })],
  ])('says which port is taken: %s', async (setting, commandLine, more) => {
    const server = createServer()
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const port = String((server.address() as AddressInfo).port)
    const { code, errors } = await portico(['serve', ...commandLine(port)], {
      directory: temporaryDirectory(files),
      environment: { ...environment, ...more(port) },
    })
    expect(code).toBe(1)
    const where = setting === 'PORTICO_PORT' ? ', here or with --port' : ''
    expect(errors).toBe(`${setting}: port ${port} is used by another program: choose another one${where}.\n`)
  })

  it.each([
    ['--host', ['--host', '203.0.113.1'], {}, 'is no address of this machine'],
    ['PORTICO_ADMIN_HOST', [], { PORTICO_ADMIN_HOST: '203.0.113.1' }, 'is no address of this machine'],
    ['PORTICO_AUDIT', [], { PORTICO_AUDIT: 'file:config' }, 'config cannot be written (EISDIR)'],
    ['PORTICO_AUDIT', [], { PORTICO_AUDIT: 'file:config/policies.json/a' }, 'cannot be written (E'],
    ['PORTICO_ALLOW_HOSTS', [], { PORTICO_ALLOW_HOSTS: '10.0.0.1' }, 'is an address'],
    ['PORTICO_ALLOW_ADDRESSES', [], { PORTICO_ALLOW_ADDRESSES: 'mcp' }, 'is neither an address nor a range'],
    [
      'PORTICO_EGRESS_PROXY',
      [],
      { PORTICO_EGRESS_PROXY: 'http://u:canary@proxy/path' },
      'must be the origin',
    ],
    ['PORTICO_EGRESS_PROXY', [], { PORTICO_EGRESS_PROXY: 'http://u:canary%zz@proxy' }, 'percent-encoded'],
  ] as const)(
    'starts nothing and says in one line what is wrong: %s %j %j',
    async (setting, more, own, message) => {
      const { code, errors } = await run(['serve', '--port', '0', ...more], {
        directory: temporaryDirectory(files),
        environment: { ...environment, PORTICO_ADMIN_PORT: '0', ...own },
      })
      expect(code).toBe(1)
      expect(errors).toMatch(/^[^\n]+\n$/)
      expect(errors).toContain(`${setting}: `)
      expect(errors).toContain(message)
      expect(errors).not.toContain('canary')
    },
  )
})
