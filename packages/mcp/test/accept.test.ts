import { describe, expect, it } from 'vitest'

import { startGateway, transports } from './peers/gateway.ts'
import { legacy, modern, post } from './peers/messages.ts'
import { answer, events, type Script, startUpstream } from './peers/scripted-upstream.ts'

const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: {} }
const result = { jsonrpc: '2.0', id: 1, result: { ok: true } }

describe.each(transports)('TL-10, COMPAT-30 what a client takes, over %s', (transport) => {
  async function ask(script: Script, accept: string | undefined, isModern: boolean) {
    const upstream = await startUpstream(script)
    const gateway = await startGateway(transport, upstream.url)
    const { body, headers } = isModern ? modern('tools/list') : { body: legacy('tools/list'), headers: {} }
    // Node's fetch adds an Accept of its own where there is none.
    const response = await post(gateway.url, body, { ...headers, accept: accept ?? '' })
    expect(upstream.seen[0]?.headers['accept']).toBe('application/json, text/event-stream')
    return { response, type: response.headers.get('content-type'), text: await response.text() }
  }

  describe.each([true, false])('modern: %s', (isModern) => {
    it.each(['application/json', 'application/json;q=0.9', 'Application/JSON'])(
      'gives a client that takes %s alone the answer out of an event stream',
      async (accept) => {
        const { type, text } = await ask(events(progress, result), accept, isModern)
        expect(type).toBe('application/json')
        expect(JSON.parse(text)).toEqual(result)
      },
    )

    it('gives a client that takes event streams alone an event', async () => {
      const { type, text } = await ask(answer({ ok: true }), 'text/event-stream', isModern)
      expect(type).toBe('text/event-stream')
      expect(text).toBe(`event: message\ndata: ${JSON.stringify(result)}\n\n`)
    })

    it.each([
      undefined,
      '*/*',
      'application/json, text/event-stream',
      'text/html',
      '*/*;q=0.1, application/json',
    ])('gives a client that takes %s what comes', async (accept) => {
      expect((await ask(events(progress, result), accept, isModern)).type).toBe('text/event-stream')
      expect((await ask(answer({ ok: true }), accept, isModern)).type).toBe('application/json')
    })

    it('answers by 502 when the stream ends without the answer', async () => {
      expect((await ask(events(progress), 'application/json', isModern)).response.status).toBe(502)
    })
  })
})
