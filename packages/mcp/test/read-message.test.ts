import { assert as check, constantFrom, json, jsonValue, nat, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readMessage } from '../src/read-message.ts'
import { parseStrictJson, StrictJsonError } from '../src/strict-json.ts'
import { startGateway, transports } from './peers/gateway.ts'
import { post } from './peers/messages.ts'
import { startUpstream } from './peers/scripted-upstream.ts'

describe('strict JSON', () => {
  it('reads whatever JSON says, as JSON.parse does', () => {
    check(
      property(json({ maxDepth: 6 }), constantFrom(undefined, 1, '\t'), (text, space) => {
        const pretty = JSON.stringify(JSON.parse(text), undefined, space)
        expect(parseStrictJson(pretty)).toEqual(JSON.parse(pretty))
      }),
    )
  })

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"x":{"b":[{"c":1,"c" : 2}]}}',
    '{"a\\"":1,"a\\"":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"":1,"":2}',
  ])('H03 refuses the repeated member in %s', (text) => {
    expect(() => parseStrictJson(text)).toThrow(StrictJsonError)
  })

  it('H03 refuses any JSON with a member written twice, wherever it is', () => {
    check(
      property(jsonValue(), string(), jsonValue(), nat(3), (value, name, other, depth) => {
        const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`
        const wrap = (text: string, levels: number): string =>
          levels === 0 ? text : wrap(`[{"x":${text}},${JSON.stringify(other)}]`, levels - 1)
        expect(() => parseStrictJson(wrap(`{${member}}`, depth))).not.toThrow()
        expect(() => parseStrictJson(wrap(`{${member},${member}}`, depth))).toThrow(StrictJsonError)
      }),
    )
  })

  it.each([
    '{"a":{"a":1},"b":{"a":2}}',
    '[{"a":1},{"a":1}]',
    '{"a":"a","b":"a"}',
    '{"a":"\\\\","b":"{\\"a\\":1,\\"a\\":2}"}',
  ])('takes %s, which repeats nothing', (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text))
  })

  it('TR-18 takes 64 levels and refuses 65', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    expect(() => parseStrictJson(nested(64))).not.toThrow()
    expect(() => parseStrictJson(nested(65))).toThrow(StrictJsonError)
  })
})

describe('one message', () => {
  it.each([
    ['a request', { jsonrpc: '2.0', id: 1, method: 'a' }],
    ['a request with a text id', { jsonrpc: '2.0', id: '', method: 'a', params: {} }],
    ['a notification', { jsonrpc: '2.0', method: 'a', params: {} }],
    ['a result', { jsonrpc: '2.0', id: 1, result: {} }],
    ['an error', { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'a' } }],
    ['a method with capitals of its own', { jsonrpc: '2.0', id: 1, method: 'logging/setLevel' }],
    ['a method of nobody', { jsonrpc: '2.0', id: 1, method: 'Acme/Tools list' }],
    ['an unknown member', { jsonrpc: '2.0', id: 1, method: 'a', extra: true }],
  ])('takes %s', (_name, value) => {
    expect(readMessage(JSON.stringify(value))).toEqual({ kind: 'message', message: value })
  })

  it.each([
    ['no version', { id: 1, method: 'a' }],
    ['another version', { jsonrpc: '1.0', id: 1, method: 'a' }],
    ['an id of null', { jsonrpc: '2.0', id: null, method: 'a' }],
    ['an id that is an object', { jsonrpc: '2.0', id: {}, method: 'a' }],
    ['a method that is no text', { jsonrpc: '2.0', id: 1, method: 1 }],
    ['an empty method', { jsonrpc: '2.0', id: 1, method: '' }],
    ['params that are a list', { jsonrpc: '2.0', id: 1, method: 'a', params: [] }],
    ['params of null', { jsonrpc: '2.0', id: 1, method: 'a', params: null }],
    ['a method and a result', { jsonrpc: '2.0', id: 1, method: 'a', result: {} }],
    ['a result and an error', { jsonrpc: '2.0', id: 1, result: {}, error: {} }],
    ['a result without an id', { jsonrpc: '2.0', result: {} }],
    ['neither method nor result', { jsonrpc: '2.0', id: 1 }],
    ['a second method in capitals', { jsonrpc: '2.0', id: 1, method: 'a', Method: 'b' }],
    ['a method in capitals', { jsonrpc: '2.0', id: 1, method: 'Tools/Call', params: { name: 'a' } }],
    ['a padded method', { jsonrpc: '2.0', id: 1, method: ' tools/list\n' }],
    ['a method in other letters', { jsonrpc: '2.0', id: 1, method: 'tools\uFF0Flist' }],
    [
      'a second name in capitals',
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'a', NAME: 'b' } },
    ],
    [
      'a second ref in capitals',
      { jsonrpc: '2.0', id: 1, method: 'completion/complete', params: { ref: {}, Ref: {} } },
    ],
    [
      'a second name in a ref',
      { jsonrpc: '2.0', id: 1, method: 'completion/complete', params: { ref: { name: 'a', Name: 'b' } } },
    ],
    [
      'second wishes in capitals',
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'subscriptions/listen',
        params: { notifications: { resourceSubscriptions: [], ResourceSubscriptions: ['x:y'] } },
      },
    ],
    ['_META', { jsonrpc: '2.0', id: 1, method: 'a', params: { _META: {} } }],
    ['a text', 'text'],
    ['nothing', null],
  ])('H03 refuses %s', (_name, value) => {
    expect(readMessage(JSON.stringify(value))).toMatchObject({ kind: 'invalid' })
  })

  it('takes a completion and wishes that say everything once', () => {
    for (const params of [
      { ref: { type: 'ref/prompt', name: 'a', title: 'A' }, argument: { name: 'x', value: 'Y' } },
      { notifications: { toolsListChanged: true, resourceSubscriptions: ['x:y'] } },
    ]) {
      const message = { jsonrpc: '2.0', id: 1, method: 'completion/complete', params }
      expect(readMessage(JSON.stringify(message))).toEqual({ kind: 'message', message })
    }
  })

  it.each([
    [1000, 'message'],
    [1001, 'invalid'],
  ])('H08 reads %d wishes of a subscription as %s', (count, kind) => {
    for (const member of ['resourceSubscriptions', 'taskIds']) {
      const params = { notifications: { [member]: Array.from({ length: count }, () => 'x:y') } }
      const message = { jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params }
      expect(readMessage(JSON.stringify(message))).toMatchObject({ kind })
    }
  })

  it.each([
    [1000, 'batch'],
    [1001, 'invalid'],
  ])('H08 reads %d messages as %s', (count, kind) => {
    const messages = Array.from({ length: count }, (_, id) => ({ jsonrpc: '2.0', id, method: 'ping' }))
    expect(readMessage(JSON.stringify(messages))).toMatchObject({ kind })
  })

  it('refuses a batch for one bad item', () => {
    expect(readMessage('[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0"}]')).toMatchObject({
      kind: 'invalid',
    })
    expect(readMessage('[[]]')).toMatchObject({ kind: 'invalid' })
  })
})

describe.each(transports)('bodies over %s', (transport) => {
  const latin1 = Uint8Array.from('{"jsonrpc":"2.0","id":1,"method":"\u00fc"}', (character) =>
    character.charCodeAt(0),
  )

  it.each<[string, string | Uint8Array]>([
    ['no JSON', 'not json'],
    ['nothing', ''],
    ['a repeated member', '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}'],
    ['a byte order mark', '\ufeff{"jsonrpc":"2.0","id":1,"method":"a"}'],
    ['bytes that are no UTF-8', latin1],
  ])('TR-02, H03 answers %s by 400 -32700', async (_name, body) => {
    const upstream = await startUpstream()
    const gateway = await startGateway(transport, upstream.url)
    const response = await post(gateway.url, body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ jsonrpc: '2.0', id: null, error: { code: -32_700 } })
    expect(upstream.seen).toEqual([])
  })

  it('TR-18, H08 takes a body of exactly the limit and answers one byte more by 413', async () => {
    const upstream = await startUpstream()
    const gateway = await startGateway(transport, upstream.url, { limits: { requestBytes: 1_000 } })
    const message = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    expect((await post(gateway.url, message.padEnd(1_000))).status).toBe(200)
    const response = await post(gateway.url, message.padEnd(1_001))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ error: { code: -32_600 } })
    expect(upstream.seen).toHaveLength(1)
  })
})
