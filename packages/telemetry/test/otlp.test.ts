import { serveOnLoopback } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished } from 'vitest'

import { type AuditExporterOptions, createAuditExporter } from '../src/otlp/index.ts'
import { demoUrl, watchedGateway } from './watched-gateway.ts'

interface SentRecord {
  readonly eventName: string
  readonly severityText: string
  readonly timeUnixNano: string
  readonly body: { readonly stringValue: string }
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, string> }[]
}
interface Sent {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly unknown[] }
    readonly scopeLogs: readonly { readonly logRecords: readonly SentRecord[] }[]
  }[]
}

type Answer = (call: number) => Response | Promise<Response>

/** A collector behind a socket, and an exporter that does not wait for real. */
async function start(answer: Answer = () => Response.json({}), options: Partial<AuditExporterOptions> = {}) {
  const requests: {
    readonly path: string
    readonly headers: Headers
    readonly records: readonly SentRecord[]
  }[] = []
  const resources: unknown[] = []
  const server = await serveOnLoopback(() => async (request) => {
    const { resourceLogs } = (await request.json()) as Sent
    resources.push(resourceLogs[0]?.resource.attributes)
    requests.push({
      path: new URL(request.url).pathname,
      headers: request.headers,
      records: resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
    })
    return answer(requests.length)
  })
  onTestFinished(() => server.close())
  const errors: string[] = []
  const waits: number[] = []
  const exporter = createAuditExporter({
    url: `${server.origin}/v1/logs`,
    onError: ({ message }) => errors.push(message),
    wait: (ms, signal) => {
      if (!signal.aborted) waits.push(ms)
      // `close` waits for its own end.
      return ms === 5000 ? new Promise(() => {}) : Promise.resolve()
    },
    random: () => 1,
    ...options,
  })
  const names = () => requests.map(({ records }) => records.map(({ eventName }) => eventName))
  return { exporter, requests, resources, errors, waits, names, server }
}

const line = (event: string, sequence = 1, more: object = {}) =>
  `${JSON.stringify({ chain: 'c1', sequence, time: '2026-11-03T09:14:07.000Z', event, outcome: 'success', ...more })}\n`
const lines = (count: number) =>
  Array.from({ length: count }, (_, index) => line(`event.${index}`, index + 1)).join('')

describe('audit records by OTLP', () => {
  it('are log records: the line to the byte, and what one searches for', async () => {
    const { exporter, requests, resources } = await start(undefined, {
      headers: { authorization: 'Bearer secret' },
      resource: { 'service.name': 'gateway-eu', 'deployment.environment.name': 'production' },
      now: () => 1_793_697_248_000,
    })
    const text = line('tool.denied', 7, {
      outcome: 'denied',
      traceId: 'attempt1',
      requestId: 'request1',
      subject: 'ada',
      clientId: 'inspector',
      reason: 'policy',
      detail: { tool: 'search', count: 2 },
    })
    exporter.write(text)
    await exporter.close()
    expect(requests).toHaveLength(1)
    expect(requests[0]?.path).toBe('/v1/logs')
    expect(requests[0]?.headers.get('content-type')).toBe('application/json')
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer secret')
    expect(resources[0]).toEqual([
      { key: 'service.name', value: { stringValue: 'gateway-eu' } },
      { key: 'deployment.environment.name', value: { stringValue: 'production' } },
    ])
    expect(requests[0]?.records).toEqual([
      {
        timeUnixNano: '1793697247000000000',
        observedTimeUnixNano: '1793697248000000000',
        severityNumber: 13,
        severityText: 'WARN',
        eventName: 'tool.denied',
        body: { stringValue: text.trimEnd() },
        attributes: [
          { key: 'portico.audit.sequence', value: { intValue: '7' } },
          { key: 'portico.audit.chain', value: { stringValue: 'c1' } },
          { key: 'portico.outcome', value: { stringValue: 'denied' } },
          { key: 'portico.reason', value: { stringValue: 'policy' } },
          { key: 'portico.trace_id', value: { stringValue: 'attempt1' } },
          { key: 'portico.request_id', value: { stringValue: 'request1' } },
          { key: 'portico.client_id', value: { stringValue: 'inspector' } },
          { key: 'user.id', value: { stringValue: 'ada' } },
          { key: 'portico.detail.tool', value: { stringValue: 'search' } },
          { key: 'portico.detail.count', value: { stringValue: '2' } },
        ],
      },
    ])
  })

  it('are sent in batches, in order', async () => {
    const { exporter, names, errors } = await start(undefined, { batchSize: 2 })
    exporter.write(lines(5))
    await exporter.close()
    expect(names()).toEqual([['event.0', 'event.1'], ['event.2', 'event.3'], ['event.4']])
    expect(errors).toEqual([])
  })

  it.each([429, 502, 503, 504])(
    'are sent again after %d, later each time, and told about once',
    async (status) => {
      const { exporter, names, waits, errors, server } = await start((call) =>
        call < 4 ? new Response(null, { status }) : Response.json({}),
      )
      exporter.write(line('a'))
      await exporter.close()
      expect(names()).toEqual([['a'], ['a'], ['a'], ['a']])
      expect(waits.filter((ms) => ms !== 5000)).toEqual([1000, 1000, 2000, 4000])
      expect(errors).toEqual([`audit records wait for ${server.origin}: it answered ${status}`])
    },
  )

  it.each([
    ['seconds', '7', 7000],
    ['a date', 'Tue, 03 Nov 2026 09:14:17 GMT', 10_000],
    ['nothing that can be read', 'soon', 1000],
    ['an hour at most, for a month', '2678400', 3_600_000],
    ['an hour at most, for a date in another century', 'Tue, 03 Nov 2126 09:14:17 GMT', 3_600_000],
  ])('wait as long as Retry-After says: %s', async (_what, value, expected) => {
    const { exporter, waits } = await start(
      (call) =>
        call === 1
          ? new Response(null, { status: 503, headers: { 'retry-after': value } })
          : Response.json({}),
      { now: () => Date.parse('2026-11-03T09:14:07Z'), delayMs: 1 },
    )
    exporter.write(line('a'))
    await exporter.close()
    expect(waits.filter((ms) => ms !== 5000 && ms !== 1)).toEqual([expected])
  })

  it('are sent again when the collector cannot be reached', async () => {
    let isUp = false
    const { exporter, names, errors } = await start(undefined, {
      fetch: (url, init) => {
        const target = isUp ? url : 'http://127.0.0.1:1/v1/logs'
        isUp = true
        return fetch(target, init)
      },
    })
    exporter.write(line('a'))
    await exporter.close()
    expect(names()).toEqual([['a']])
    expect(errors).toEqual([expect.stringContaining('it cannot be reached')])
  })

  it.each([
    ['refused for good', () => new Response('no', { status: 400 }), 2, 'it answered 400'],
    [
      'sent elsewhere, with the secret',
      () => new Response(null, { status: 307, headers: { location: '/elsewhere' } }),
      2,
      'it answered 307',
    ],
    [
      'rejected in part',
      () => Response.json({ partialSuccess: { rejectedLogRecords: '1', errorMessage: 'too old' } }),
      1,
      'it rejected them: too old',
    ],
  ])('are not sent again where they are %s, and counted as lost', async (_how, answer, count, why) => {
    const { exporter, requests, errors, server } = await start(answer)
    exporter.write(lines(2))
    await exporter.close()
    expect(requests).toHaveLength(1)
    expect(errors).toEqual([`${count} audit records are lost on the way to ${server.origin}: ${why}`])
  })

  it('are counted when too many wait, and the collector is told how many are missing', async () => {
    const blocked = Promise.withResolvers<Response>()
    const arrived = Promise.withResolvers<void>()
    const { exporter, names, errors, requests, server } = await start(
      (call) => {
        arrived.resolve()
        return call === 1 ? blocked.promise : Response.json({})
      },
      { queueSize: 3 },
    )
    exporter.write(lines(2))
    await arrived.promise
    exporter.write(lines(4))
    blocked.resolve(Response.json({}))
    await exporter.close()
    expect(names()).toEqual([
      ['event.0', 'event.1'],
      ['audit.records_lost', 'event.0'],
    ])
    expect(requests[1]?.records[0]).toMatchObject({
      severityText: 'ERROR',
      attributes: [{ key: 'portico.detail.count', value: { intValue: '3' } }],
    })
    expect(errors).toEqual([`3 audit records are lost on the way to ${server.origin}: too many were waiting`])
  })

  it('do not keep a gateway from stopping, and what is left is counted', async () => {
    const arrived = Promise.withResolvers<void>()
    const { exporter, errors, server } = await start(
      () => {
        arrived.resolve()
        return new Promise(() => {})
      },
      { wait: () => Promise.resolve(), closeMs: 1 },
    )
    exporter.write(lines(3))
    await arrived.promise
    await exporter.close()
    expect(errors.at(-1)).toBe(
      `3 audit records are lost on the way to ${server.origin}: the gateway has stopped`,
    )
  })

  it('never hold up a request: nothing is awaited while the collector does not answer', async () => {
    const { exporter, server } = await start(() => new Promise(() => {}), {
      wait: () => Promise.resolve(),
    })
    const trail: string[] = []
    const write = (text: string) => {
      trail.push(text)
      exporter.write(text)
    }
    const { gateway, client } = watchedGateway([], { audit: { write } })
    const connection = await client.connect(demoUrl)
    expect((await connection.call('tools/list', {})).status).toBe(200)
    await gateway.finish()
    expect(trail.join('')).toContain('"audit.stopped"')
    await exporter.close()
    expect(server.origin).toContain('127.0.0.1')
  })

  it.each(['collector:4318', 'ftp://collector/v1/logs', 'https://user:hunter2@collector/v1/logs'])(
    'need an address: %s is none, and is not repeated',
    (url) => {
      const create = () => createAuditExporter({ url, onError: () => {} })
      expect(create).toThrow('must be an http or https address')
      expect(create).not.toThrow('hunter2')
    },
  )
})
