import { memoryStorage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { demoUrl } from '../test-gateway.ts'
import { adminGateway } from './admin-gateway.ts'

interface Traces {
  readonly traces: readonly { readonly id: string; readonly kind: string; readonly diagnosis: object }[]
  readonly next?: string
}

/** A gateway whose operator reads what came of attempts; what the storage lists is noted. */
function tracedGateway() {
  let now = () => 1_800_000_000
  const listed: string[] = []
  const inner = memoryStorage({ now: () => now() })
  const storage = {
    ...inner,
    list: (group: string) => {
      listed.push(group)
      return inner.list(group)
    },
  }
  const peers = adminGateway({ storage })
  now = peers.clock.seconds
  const read = async <Body = Traces>(path: string) => {
    await peers.gateway.finish()
    return (await (await peers.call(`/admin/api/${path}`)).json()) as Body
  }
  /** An attempt that ends at the consent page. */
  const abandon = async () => {
    const server = await peers.client.authorizationServer(demoUrl)
    const identity = await peers.client.register(server)
    const request = await peers.client.steps.authorizationRequest(server, identity, { resource: demoUrl })
    await peers.browser.open(request.url)
  }
  return { ...peers, listed, read, abandon }
}

describe('traces, for an operator', () => {
  it('are listed with what came of them, the newest first', async () => {
    const { client, clock, read, abandon } = tracedGateway()
    const { call } = await client.connect(demoUrl)
    await call('tools/call', { name: 'echo', arguments: {} })
    clock.advance(60)
    await abandon()
    const { traces } = await read('traces')
    expect(traces).toMatchObject([
      { kind: 'attempt', route: '/mcp/demo', diagnosis: { status: 'stopped' } },
      { kind: 'attempt', route: '/mcp/demo', diagnosis: { status: 'complete' } },
    ])
    expect((await read('traces?status=unfinished')).traces).toEqual(traces.slice(0, 1))
    expect((await read('traces?status=complete')).traces).toEqual(traces.slice(1))
    expect((await read('traces?status=failed')).traces).toEqual([])
    expect((await read('traces?kind=discovery')).traces[0]).toMatchObject({ kind: 'discovery' })
  })

  it('are read step by step, and hold no token', async () => {
    const { client, read, call } = tracedGateway()
    const { tokens } = await client.connect(demoUrl)
    const [{ id } = { id: '' }] = (await read('traces')).traces
    const trace = await read<{ steps: { name: string }[]; before: unknown[] }>(`traces/${id}`)
    expect(trace.steps.map(({ name }) => name)).toContain('token.issued')
    expect(trace.before.length).toBeGreaterThan(0)
    expect(JSON.stringify(trace)).not.toContain(tokens.accessToken)
    expect((await call('/admin/api/traces/unknown')).status).toBe(404)
  })

  it('come in pages, which look only into the quarters of an hour that they are of', async () => {
    const { clock, read, abandon, listed } = tracedGateway()
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await abandon()
      await abandon()
      clock.advance(3600)
    }
    const seen: string[] = []
    let next: string | undefined
    do {
      const page: Traces = await read(`traces?limit=1${next === undefined ? '' : `&after=${next}`}`)
      seen.push(...page.traces.map(({ id }) => id))
      next = page.next
    } while (next !== undefined)
    expect([seen.length, new Set(seen).size]).toEqual([6, 6])
    listed.length = 0
    const [newest] = (await read('traces?limit=1')).traces
    await read(`traces/${newest?.id ?? ''}`)
    expect(listed.filter((group) => group.startsWith('traces:')).length).toBeLessThanOrEqual(6)
  })

  it.each(['kind=other', 'status=other', 'after=x', 'after=', 'limit=0', 'status=toString'])(
    'are not looked for by %s',
    async (query) => {
      const { call } = tracedGateway()
      expect((await call(`/admin/api/traces?${query}`)).status).toBe(400)
      expect((await call('/admin/api/traces?kind=attempt&status=all&limit=1')).status).toBe(200)
    },
  )
})
