import { memoryStorage, StorageUnavailableError } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { createMetrics, metricDefinitions } from '../src/prometheus/index.ts'
import { demoUrl, watchedGateway } from './watched-gateway.ts'

/** A line of Prometheus' text format, version 0.0.4. */
const sampleLine = /^([a-z_:][a-z0-9_:]*)(?:\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)$/

/** Samples by name and labels; throws for what is no such format. */
function parse(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z_]+ /.test(line)) continue
    const [, name, labels = '', value] = sampleLine.exec(line) ?? []
    if (name === undefined) throw new Error(`no sample: ${line}`)
    samples.set(`${name}{${labels}}`, Number(value))
  }
  return samples
}

function counted(options: Parameters<typeof watchedGateway>[1] = {}) {
  let ms = 0
  const metrics = createMetrics({ now: () => (ms += 2) })
  const samples = async () => parse(await metrics.text())
  return { ...watchedGateway(metrics.observer, options), metrics, samples }
}

describe('metrics of a gateway', () => {
  it('count a sign-in and a call', async () => {
    const { client, samples, metrics } = counted()
    const connection = await client.connect(demoUrl)
    await connection.call('tools/call', { name: 'add', arguments: {} })
    expect(metrics.contentType).toBe('text/plain; version=0.0.4; charset=utf-8')
    const found = await samples()
    const value = (line: string) => found.get(line)
    expect(value('portico_http_requests_total{method="POST",route="/mcp/demo",status="401"}')).toBe(1)
    expect(value('portico_http_requests_total{method="POST",route="/mcp/demo",status="200"}')).toBe(1)
    expect(
      value('portico_http_requests_total{method="GET",route="/oauth/callback/{provider}",status="303"}'),
    ).toBe(1)
    expect(value('portico_http_request_duration_seconds_count{method="POST",route="/mcp/demo"}')).toBe(2)
    expect(value('portico_events_total{event="token.issued",outcome="success",reason="none"}')).toBe(1)
    expect(value('portico_events_total{event="tool.called",outcome="success",reason="none"}')).toBe(1)
    expect(value('portico_fetch_duration_seconds_count{peer="provider",provider="acme",status="200"}')).toBe(
      2,
    )
    expect(value('portico_upstream_request_duration_seconds_count{route="/mcp/demo",status="200"}')).toBe(2)
    expect(value('portico_storage_operation_duration_seconds_count{operation="take"}')).toBeGreaterThan(0)
  })

  it('count what fails by its reason, next to what does not', async () => {
    const storage = memoryStorage()
    const { client, samples, request } = counted({
      storage,
      upstreamFetch: () => Promise.reject(new TypeError('fetch failed')),
    })
    const connection = await client.connect(demoUrl)
    await connection.call('tools/list')
    const form = new URLSearchParams({ grant_type: 'authorization_code', code: 'none', client_id: 'nobody' })
    await request('/oauth/token', { method: 'POST', body: form })
    storage.get = () => Promise.reject(new StorageUnavailableError('away'))
    await request('/oauth/authorize?client_id=https://client.example/id')
    const found = await samples()
    expect(
      found.get('portico_upstream_request_duration_seconds_count{route="/mcp/demo",status="none"}'),
    ).toBeGreaterThan(0)
    expect(
      found.get(
        'portico_events_total{event="client.authentication_failed",outcome="denied",reason="unknown_client"}',
      ),
    ).toBe(1)
    expect(found.get('portico_storage_failures_total{operation="get"}')).toBeGreaterThan(0)
    expect(found.get('portico_storage_failures_total{operation="take"}')).toBeUndefined()
  })

  it('count streams while they are open', async () => {
    const metrics = createMetrics()
    metrics.observer.streams?.('/mcp/demo', 1)
    metrics.observer.streams?.('/mcp/demo', 1)
    metrics.observer.streams?.('/mcp/demo', -1)
    expect(parse(await metrics.text()).get('portico_open_streams{route="/mcp/demo"}')).toBe(1)
  })

  it('stay as few as they are, whatever strangers send', async () => {
    const { request, samples } = counted()
    const send = async () => {
      const id = crypto.randomUUID()
      await request(`/${id}`)
      await request(`/mcp/${id}`, { method: 'PROPFIND' })
      await request(`/oauth/callback/${id}?state=${id}&error=${id}`)
      await request(`/oauth/authorize/${id}?client_id=${id}`)
      await request('/oauth/token', {
        method: 'POST',
        body: new URLSearchParams({ grant_type: id, client_id: id }),
      })
    }
    for (let index = 0; index < 3; index += 1) await send()
    const before = (await samples()).size
    for (let index = 0; index < 50; index += 1) await send()
    expect((await samples()).size).toBe(before)
  })

  it('keep only so many reasons, and only what looks like a code', async () => {
    const metrics = createMetrics()
    const event = { name: 'connection.refused', outcome: 'denied' } as const
    for (let index = 0; index < 500; index += 1) {
      metrics.observer.event?.({ ...event, reason: `reason_${index}` })
    }
    metrics.observer.event?.({ ...event, reason: 'a sentence with "quotes"' })
    const reasons = [...parse(await metrics.text()).keys()].filter((key) =>
      key.includes('connection.refused'),
    )
    expect(reasons).toHaveLength(201)
    expect(reasons.at(-1)).toContain('reason="other"')
  })

  it('SEC-10 hold no token, code, state, cookie or user of a flow', async () => {
    const { client, metrics, secrets } = counted()
    const connection = await client.connect(demoUrl)
    await connection.call('tools/call', { name: 'add', arguments: {} })
    const text = await metrics.text()
    expect(secrets().length).toBeGreaterThan(15)
    expect(secrets().filter((secret) => text.includes(secret))).toEqual([])
    expect(text).not.toMatch(/\bada\b|lovelace|@example|code=|state=/i)
  })

  it('have the names and labels that are documented, and the process’s own when asked for', async () => {
    const { client, metrics } = counted()
    await client.connect(demoUrl)
    const text = await metrics.text()
    for (const { name, kind } of Object.values(metricDefinitions)) {
      expect(text).toContain(`# TYPE ${name} ${kind}`)
    }
    expect(text).not.toContain('process_cpu')
    expect(await createMetrics({ processMetrics: true }).text()).toContain('process_cpu_seconds_total')
  })
})
