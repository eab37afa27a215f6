import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createGateway, type GatewayOptions } from '@portico/gateway'
import { runCheck } from '@portico/gateway-app/check/run-check'
import type { RunningDemo } from '@portico/gateway-app/start-demo'
import { serve, type ServedRequest } from '@portico/gateway/node'
import { logto } from '@portico/logto'
import { startProcess } from '@portico/runtimes'
import { memoryStorage } from '@portico/storage'
import { createScriptedMcpClient } from '@portico/test-peers'
import { freePort, nodeFetch } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished } from 'vitest'

import { createBrowser, redirectUri, runDemo } from './running-demo.ts'

// The configuration of docs/deployment as it stands, in a proxy of its own. Only the addresses differ, and TLS, which
// the gateway has no part in: on this machine it is served by plain http.

interface Proxy {
  readonly name: 'nginx' | 'caddy'
  /** Writes the configuration into an empty directory and gives the command that runs it in the foreground. */
  readonly configure: (directory: string, port: number, gatewayPort: number) => readonly [string, ...string[]]
  readonly ready: RegExp
}

const deploy = (file: string) => readFileSync(new URL(`../deploy/${file}`, import.meta.url), 'utf8')

/** Replaces what must be there. */
function replaceIn(text: string, replacements: readonly (readonly [string | RegExp, string])[]): string {
  return replacements.reduce((current, [from, to]) => {
    const replaced = current.replace(from, to)
    expect(replaced, String(from)).not.toBe(current)
    return replaced
  }, text)
}

function nginxMain(directory: string, upstream: string, site: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(directory, name))
    return `${name}_temp_path ${join(directory, name)};`
  })
  return `daemon off; pid ${join(directory, 'nginx.pid')}; error_log stderr notice; events {}
http { access_log off; ${temporary.join(' ')}\n${upstream}\n${site} }`
}

const nginx: Proxy = {
  name: 'nginx',
  configure(directory, port, gatewayPort) {
    const upstream = replaceIn(deploy('nginx/upstream.conf'), [
      ['127.0.0.1:9000', `127.0.0.1:${gatewayPort}`],
    ])
    const site = replaceIn(deploy('nginx/portico.conf'), [
      ['listen 443 ssl;', `listen 127.0.0.1:${port};`],
      [/^ *listen \[::\]:443 ssl;\n/m, ''],
      [/^ *ssl_.*\n/gm, ''],
    ])
    const file = join(directory, 'nginx.conf')
    writeFileSync(file, nginxMain(directory, upstream, site))
    return ['nginx', '-c', file, '-e', 'stderr']
  },
  ready: /start worker process/,
}

const caddy: Proxy = {
  name: 'caddy',
  configure(directory, port, gatewayPort) {
    const file = join(directory, 'Caddyfile')
    const site = replaceIn(deploy('caddy/Caddyfile'), [
      ['mcp.example.com', `http://127.0.0.1:${port}`],
      ['127.0.0.1:9000', `127.0.0.1:${gatewayPort}`],
    ])
    writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n}\n${site}`)
    return ['caddy', 'run', '--config', file, '--adapter', 'caddyfile']
  },
  ready: /serving initial configuration/,
}

const isInstalled = (program: string) => spawnSync(program, ['version']).error === undefined

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'portico-proxy-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

/** The proxy in front of a gateway, until the end of the test; resolves with the origin that users see. */
async function startProxy({ configure, ready }: Proxy, gatewayPort: number): Promise<string> {
  const directory = temporaryDirectory()
  const port = await freePort()
  const [program, ...programArguments] = configure(directory, port, gatewayPort)
  const { close } = await startProcess([program, ...programArguments], { HOME: directory }, ready)
  onTestFinished(async () => void (await close()))
  return `http://127.0.0.1:${port}`
}

/** The demo, and the origin under which the proxy serves it. */
async function demoBehind(proxy: Proxy): Promise<{ readonly demo: RunningDemo; readonly origin: string }> {
  const demo = await runDemo()
  const origin = await startProxy(proxy, Number(new URL(demo.origin).port))
  await demo.idp.addClient({
    clientId: 'portico',
    clientSecret: 'portico-development-secret',
    redirectUris: [`${origin}/oauth/callback`],
  })
  return { demo, origin }
}

describe.each([nginx, caddy])('behind $name, configured as documented', { timeout: 120_000 }, (proxy) => {
  const isAbsent = !isInstalled(proxy.name)
  if (isAbsent)
    process.stderr.write(`skipped: ${proxy.name} is not installed (apt-get install ${proxy.name}).\n`)

  it.skipIf(isAbsent)('the whole flow of the demo works', async () => {
    const { demo, origin } = await demoBehind(proxy)
    await expect(runCheck({ ...demo, origin }, () => {})).resolves.toBeUndefined()
  })

  it.skipIf(isAbsent)('an event arrives long before the answer is complete', async () => {
    const { origin } = await demoBehind(proxy)
    const client = createScriptedMcpClient({ fetch: nodeFetch, browser: createBrowser(), redirectUri })
    const { url, tokens } = await client.connect(`${origin}/mcp/demo`)
    // Minutes in all, which nobody waits for.
    const countdown = {
      name: 'countdown',
      arguments: { from: 100, stepMs: 3000 },
      _meta: { progressToken: 'p' },
    }
    const response = await client.mcp.send(url, 'tools/call', countdown, { accessToken: tokens.accessToken })
    const events = response.body?.getReader()
    expect(new TextDecoder().decode((await events?.read())?.value)).toContain('notifications/progress')
    await events?.cancel()
  })

  it.skipIf(isAbsent)('SEC-12 a client cannot say that it is another one', async () => {
    const requests: ServedRequest[] = []
    const server = await serve(createGateway(minimal), {
      port: 0,
      hosts: ['127.0.0.1'],
      trustedProxies: ['127.0.0.1'],
      onRequest: (served) => requests.push(served),
    })
    onTestFinished(() => server.close())
    const origin = await startProxy(proxy, server.port)
    for (const headers of [
      {},
      { 'x-forwarded-for': '192.0.2.1' },
      { forwarded: 'for=192.0.2.1', 'x-forwarded-for': '192.0.2.1, 192.0.2.2' },
    ]) {
      expect(await statusFrom('127.0.0.2', `${origin}/healthz`, headers)).toBe(200)
    }
    expect(requests.map(({ clientAddress }) => clientAddress)).toEqual([
      '127.0.0.2',
      '127.0.0.2',
      '127.0.0.2',
    ])
  })
})

describe('the files of nginx', () => {
  it.skipIf(!isInstalled('nginx'))('are valid with TLS, for one gateway and for two', () => {
    const directory = temporaryDirectory()
    const [certificate, key] = [join(directory, 'certificate.pem'), join(directory, 'key.pem')]
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'].concat(
        ['-subj', '/CN=mcp.example.com', '-out', certificate, '-keyout', key],
      ),
      { stdio: 'ignore' },
    )
    const site = replaceIn(deploy('nginx/portico.conf'), [
      ['/etc/nginx/certificates/fullchain.pem', certificate],
      ['/etc/nginx/certificates/privkey.pem', key],
    ])
    const twoGateways = replaceIn(deploy('compose/upstream.conf'), [
      // Names that only the network of compose knows.
      ['gateway-1', '127.0.0.1'],
      ['gateway-2', '127.0.0.2'],
    ])
    for (const [name, upstream] of [
      ['one', deploy('nginx/upstream.conf')],
      ['two', twoGateways],
    ] as const) {
      const own = join(directory, name)
      mkdirSync(own)
      const file = join(own, 'nginx.conf')
      writeFileSync(file, nginxMain(own, upstream, site))
      const { status, stderr } = spawnSync('nginx', ['-t', '-q', '-c', file, '-e', 'stderr'], {
        encoding: 'utf8',
      })
      expect([status, stderr]).toEqual([0, expect.any(String)])
    }
  })
})

const minimal: GatewayOptions = {
  providers: [
    logto({ logtoEndpoint: 'https://acme.logto.app', clientId: 'portico', clientSecret: 'a-secret' }),
  ],
  routes: [{ path: '/mcp', id: 'mcp', upstream: { url: 'https://mcp.example.com/mcp' } }],
  storage: memoryStorage(),
}

/** Sends a GET from one of the addresses of loopback. */
function statusFrom(
  localAddress: string,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { localAddress, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
      .on('error', reject)
      .end()
  })
}
