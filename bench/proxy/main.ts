import { get, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { parseArgs } from 'node:util'

import { Agent, request } from 'undici'

import { startChild } from '../child-process.ts'
import type { Child } from '../child-process.ts'
import { publicUrl, resourcePath } from '../flow.ts'
import type { Setup, Started, Usage } from './flow.ts'
import { startProxyUpstream } from './upstream.ts'

// What the capability filter costs beside a pass-through of the same bytes, and what grows with tools, routes, identity
// providers and open streams. CPU of the gateway's process; sides take turns, and the figure is the median of the rounds.

const rounds = 7
const tools = [1, 10, 100, 1_000]
const streamCounts = [1, 100, 1_000, 5_000]
const filtered: NonNullable<Setup['capabilities']> = {
  rules: [
    { effect: 'allow', tools: ['tool_*'] },
    { effect: 'deny', tools: ['tool_*7'] },
  ],
}

const message = `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'something has happened' } })}\n\n`

const parts: Readonly<Record<string, () => Promise<void>>> = {
  filter: filterCost,
  routes: routeCost,
  providers: providerCost,
  streams: () => streamCost('node'),
  reader: slowReader,
  memory: memoryOverTime,
}
const { values } = parseArgs({ options: { only: { type: 'string', default: Object.keys(parts).join(',') } } })

const upstream = await startProxyUpstream()
const agent = new Agent()
try {
  for (const name of values.only.split(',')) {
    const part = parts[name]
    if (!part) throw new Error(`--only knows ${Object.keys(parts).join(', ')}, not "${name}"`)
    await part()
  }
} finally {
  await agent.destroy()
  upstream.close()
}

interface Running extends Started {
  readonly child: Child
}

async function start(setup: Omit<Setup, 'upstreamUrl' | 'transport'> & Partial<Setup>): Promise<Running> {
  const child = startChild(new URL('server-process.ts', import.meta.url))
  const options: Setup = { transport: 'node', upstreamUrl: upstream.url, ...setup }
  return { child, ...(await child.ask<Started>('start', options)) }
}

function call({ port, token }: Running, params: object) {
  return request(`http://127.0.0.1:${port}${resourcePath}`, {
    method: 'POST',
    dispatcher: agent,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params }),
  })
}

/** Microseconds of CPU for one call. */
function cpuOf(running: Running, params: object, times: number): Promise<number> {
  return cpuOfEach(running, times, async () => {
    const { statusCode, body } = await call(running, params)
    const text = await body.text()
    if (statusCode !== 200 || !text.includes('"tools"'))
      throw new Error(`the call was answered with ${statusCode}`)
  })
}

async function cpuOfEach({ child }: Running, times: number, ask: () => Promise<void>): Promise<number> {
  const { cpu: before } = await child.ask<Usage>('usage')
  for (let index = 0; index < times; index += 1) await ask()
  return ((await child.ask<Usage>('usage')).cpu - before) / times
}

async function filterCost(): Promise<void> {
  const sides = [await start({}), await start({ capabilities: filtered })] as const
  const works = [
    ...tools.map((count) => [`list of ${count} tools`, { count }, 200] as const),
    ['10,000 events and a list', { count: 10, events: 10_000 }, 5] as const,
    ['10,000 events, 1,000 tools', { count: 1_000, events: 10_000 }, 5] as const,
  ]
  console.log('filter: CPU of a call in µs, passed through and filtered')
  for (const [name, params, times] of works) {
    for (const side of sides) await cpuOf(side, params, times)
    const measured: [number, number][] = []
    while (measured.length < rounds) {
      measured.push([await cpuOf(sides[0], params, times), await cpuOf(sides[1], params, times)])
    }
    const of = (pick: (pair: [number, number]) => number) => median(measured.map(pick))
    const ratio = of(([through, read]) => read / through).toFixed(2)
    console.log(
      `  ${name.padEnd(28)} ${of(([one]) => one)
        .toFixed(0)
        .padStart(8)} ${of(([, two]) => two)
        .toFixed(0)
        .padStart(8)}  × ${ratio}`,
    )
  }
  for (const { child } of sides) await child.stop()
}

async function routeCost(): Promise<void> {
  console.log('routes: CPU of a call in µs, heap in MiB')
  for (const otherRoutes of [0, 99, 999]) {
    const running = await start({ otherRoutes })
    await cpuOf(running, { count: 1 }, 500)
    const samples: number[] = []
    while (samples.length < rounds) samples.push(await cpuOf(running, { count: 1 }, 200))
    const { heapUsed } = await running.child.ask<Usage>('usage')
    console.log(
      `  ${String(otherRoutes + 1).padStart(5)} ${median(samples).toFixed(0).padStart(8)} ${mebibytes(heapUsed)}`,
    )
    await running.child.stop()
  }
}

async function providerCost(): Promise<void> {
  console.log('providers: CPU of a call and of the way to the provider or the choice in µs, heap in MiB')
  const sides = []
  for (const providers of [1, 3, 10, 26]) {
    const running = await start({ providers })
    const authorize = () => signIn(running, providers)
    await cpuOf(running, { count: 1 }, 500)
    await cpuOfEach(running, 500, authorize)
    sides.push({ providers, running, authorize, calls: [] as number[], requests: [] as number[] })
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { running, authorize, calls, requests } of sides) {
      calls.push(await cpuOf(running, { count: 1 }, 200))
      requests.push(await cpuOfEach(running, 200, authorize))
    }
  }
  for (const { providers, running, calls, requests } of sides) {
    const { heapUsed } = await running.child.ask<Usage>('usage')
    console.log(
      `  ${String(providers).padStart(5)} ${median(calls).toFixed(0).padStart(8)} ${median(requests).toFixed(0).padStart(8)} ${mebibytes(heapUsed)}`,
    )
    await running.child.stop()
  }
}

/** What a browser asks for until it leaves: one provider is led to at once, of several the user chooses on a page. */
async function signIn({ port, authorizePath }: Running, providers: number): Promise<void> {
  let url = new URL(authorizePath, publicUrl)
  let cookie = ''
  while (url.origin === publicUrl) {
    const { statusCode, headers, body } = await request(
      `http://127.0.0.1:${port}${url.pathname}${url.search}`,
      {
        dispatcher: agent,
        headers: { cookie },
      },
    )
    const text = await body.text()
    if (statusCode === 200 && providers > 1 && text.includes(`logto-${providers - 1}`)) return
    if (statusCode !== 303) throw new Error(`${url.pathname} was answered with ${statusCode}`)
    cookie = [cookie, ...[headers['set-cookie'] ?? []].flat().map((line) => line.split(';', 1)[0])].join('; ')
    url = new URL(String(headers.location), publicUrl)
  }
  if (providers > 1) throw new Error(`nobody could choose: the way led to ${url.origin}`)
}

function openStream({ port, token }: Running): Promise<{ request: ClientRequest; stream: IncomingMessage }> {
  const headers = {
    accept: 'text/event-stream',
    'mcp-protocol-version': '2025-11-25',
    authorization: `Bearer ${token}`,
  }
  return new Promise((resolve, reject) => {
    const opened = get({ host: '127.0.0.1', port, path: resourcePath, headers, agent: false }, (stream) => {
      if (stream.statusCode === 200) resolve({ request: opened, stream })
      else reject(new Error(`the stream was answered with ${stream.statusCode}`))
    })
    opened.once('error', reject)
  })
}

/** Streams whose events are read and counted. */
async function openStreams(
  running: Running,
  count: number,
  received: { events: number },
): Promise<readonly ClientRequest[]> {
  const streams: ClientRequest[] = []
  while (streams.length < count) {
    const opened = await Promise.all(
      Array.from({ length: Math.min(50, count - streams.length) }, () => openStream(running)),
    )
    for (const { request: one, stream } of opened) {
      one.on('error', () => undefined)
      stream.on('data', (chunk: Uint8Array) => {
        if (chunk.byteLength > 10) received.events += 1
      })
      stream.on('error', () => undefined)
      streams.push(one)
    }
  }
  return streams
}

async function streamCost(transport: Setup['transport']): Promise<void> {
  console.log(`streams (${transport}): heap and RSS in MiB, KiB of heap for one, CPU of an event in µs`)
  const running = await start({ transport })
  await cpuOf(running, { count: 1 }, 200)
  const before = await running.child.ask<Usage>('usage')
  const streams: ClientRequest[] = []
  const received = { events: 0 }
  for (const count of streamCounts) {
    streams.push(...(await openStreams(running, count - streams.length, received)))
    const { heapUsed, rss } = await running.child.ask<Usage>('usage')
    const ticks = Math.max(5, Math.ceil(2_000 / count))
    const { cpu } = await running.child.ask<Usage>('usage')
    for (let tick = 0; tick < ticks; tick += 1) {
      received.events = 0
      const wanted = upstream.tick(message)
      while (received.events < wanted) await new Promise((resolve) => setImmediate(resolve))
    }
    const after = await running.child.ask<Usage>('usage')
    const each = (heapUsed - before.heapUsed) / count / 1024
    console.log(
      `  ${String(count).padStart(5)} ${mebibytes(heapUsed)} ${mebibytes(rss)} ${each.toFixed(1).padStart(8)} ${((after.cpu - cpu) / (ticks * count)).toFixed(0).padStart(8)}`,
    )
  }
  for (const stream of streams) stream.destroy()
  await running.child.stop()
}

/** A client that asks for a large stream and does not read it. */
async function openUnread({ port, token }: Running): Promise<ClientRequest> {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/list',
    params: { count: 1, events: 2_000_000 },
  })
  const slow = httpRequest({
    host: '127.0.0.1',
    port,
    path: resourcePath,
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-11-25',
      authorization: `Bearer ${token}`,
      'content-length': Buffer.byteLength(body),
    },
  })
  slow.on('error', () => undefined)
  const response = await new Promise<IncomingMessage>((resolve) => {
    slow.once('response', resolve)
    slow.end(body)
  })
  response.pause()
  return slow
}

/** What the gateway holds for a client that does not read must not grow. */
async function slowReader(): Promise<void> {
  const running = await start({})
  await cpuOf(running, { count: 1 }, 200)
  const before = await memoryOf(running)
  const slow = await openUnread(running)
  const seen: string[] = []
  for (let second = 0; second < 5; second += 1) {
    await wait(1)
    seen.push(await memoryOf(running))
  }
  console.log(
    `slow reader of 2,000,000 events: heap/RSS in MiB before ${before}, each second ${seen.join(' ')}`,
  )
  slow.destroy()
  await running.child.stop()
}

/** The same for a minute in which a thousand streams get an event each second, and ten clients read nothing. */
async function memoryOverTime(): Promise<void> {
  const running = await start({})
  await cpuOf(running, { count: 1 }, 200)
  const before = await memoryOf(running)
  const received = { events: 0 }
  const open = [...(await openStreams(running, 1_000, received))]
  while (open.length < 1_010) open.push(await openUnread(running))
  const seen: string[] = []
  for (let second = 1; second <= 60; second += 1) {
    upstream.tick(message)
    await wait(1)
    if (second % 10 === 0) seen.push(await memoryOf(running))
  }
  console.log(
    `1,000 open streams, ten unread ones: heap/RSS in MiB before ${before}, every ten seconds ${seen.join(' ')}; ${received.events} events arrived`,
  )
  for (const one of open) one.destroy()
  await running.child.stop()
}

/** Heap after a collection and RSS, in MiB. */
async function memoryOf({ child }: Running): Promise<string> {
  const { heapUsed, rss } = await child.ask<Usage>('usage')
  return `${mebibytes(heapUsed).trim()}/${mebibytes(rss).trim()}`
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1_000)
  })
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1).padStart(8)
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN
}
