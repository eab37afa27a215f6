import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { capabilityAccess, createCapabilityFilter, type JsonObject } from '../../src/index.ts'

const caller = { subject: 'ada', clientId: 'c', scopes: [] }
const principal = { users: [], client: 'c', scopes: [], groups: [], roles: [] }

function filterAll() {
  let deciding = 0
  const access = capabilityAccess({ rules: [{ effect: 'deny', tools: ['secret*'] }] })
  const policy = createCapabilityFilter({
    access: {
      ...access,
      catalog(kind) {
        deciding += 1
        return access.catalog(kind)
      },
    },
    principalOf: () => principal,
    challenge: () => ({ status: 403, headers: {}, body: '' }),
  })
  const text = (body: string) => policy.filterText?.(body, 'tools/list', caller)
  const parsed = (body: string) => {
    const message = JSON.parse(body) as JsonObject
    return JSON.stringify({
      ...message,
      result: policy.filter(message['result'] as JsonObject, 'tools/list', caller),
    })
  }
  return { text, parsed, reads: () => deciding }
}

const body = (tools: unknown, id: unknown = 1, more: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id, result: { ...more, tools, nextCursor: 'n' } })
const tools = [{ name: 'b' }, { name: 'secret' }, { name: 'a', description: '"tools":[] \\ é' }]

describe('an answer that is taken apart', () => {
  it('H06 is what parsing it gives, the first time and every other time, with its own id', () => {
    const { text, parsed, reads } = filterAll()
    for (const id of [1, 'two', 3]) expect(text(body(tools, id))).toBe(parsed(body(tools, id)))
    const before = reads()
    text(body(tools, 4))
    expect(reads()).toBe(before)
  })

  it('is read anew when the list is another one', () => {
    const { text, parsed } = filterAll()
    for (const list of [tools, tools.slice(1), [...tools, { name: 'c' }], [], tools]) {
      expect(text(body(list))).toBe(parsed(body(list)))
    }
  })

  it.each([
    ['spaces', JSON.stringify(JSON.parse(body(tools)), null, 1)],
    ['no list', body({ 0: { name: 'secret' } })],
    ['no result', '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"\\"tools\\":["}}'],
    ['no JSON', '{"result":{"tools":[}'],
    ['a list elsewhere', '{"id":1,"extra":{"tools":[{"name":"secret"}]},"result":{"tools":[{"name":"a"}]}}'],
    ['two lists', '{"id":1,"result":{"tools":[{"name":"secret"}],"tools":[{"name":"secret"}]}}'],
    ['a list in a text', '{"id":"\\"tools\\":[","result":{"tools":[]}}'],
  ])('H03 is left to the parser with %s, also once its list is known', (_, odd) => {
    const { text } = filterAll()
    text(body([{ name: 'secret' }]))
    text(body(tools))
    expect(text(odd) ?? '').not.toContain('"name":"secret"')
  })

  it('never differs from what parsing gives', () => {
    const { text, parsed } = filterAll()
    const tool = fc.record({ name: fc.constantFrom('a', 'secret', 'b'), x: fc.jsonValue() })
    fc.assert(
      fc.property(fc.array(tool), fc.jsonValue(), fc.string(), (list, id, more) => {
        const whole = body(list, id, { more })
        expect(text(whole) ?? parsed(whole)).toBe(parsed(whole))
      }),
    )
  })
})
