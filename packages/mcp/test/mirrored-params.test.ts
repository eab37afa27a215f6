import { describe, expect, it } from 'vitest'

import { mirroredParams, paramHeadersFor } from '../src/translate/mirrored-params.ts'

const schema = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest })
const text = (header: unknown) => ({ type: 'string', 'x-mcp-header': header })

describe('x-mcp-header (transports/streamable-http, Schema Extension)', () => {
  it('finds annotated arguments, nested ones too', () => {
    const nested = schema({
      region: text('Region'),
      where: schema({ zone: { type: 'integer', 'x-mcp-header': 'Zone' } }),
    })
    expect(mirroredParams(nested)).toEqual([
      { header: 'mcp-param-region', path: ['region'] },
      { header: 'mcp-param-zone', path: ['where', 'zone'] },
    ])
  })

  it.each([
    ['no schema', undefined],
    ['no properties', { type: 'object' }],
    ['an argument of that name', schema({ 'x-mcp-header': { type: 'string' } })],
  ])('finds none in %s', (_name, inputSchema) => {
    expect(mirroredParams(inputSchema)).toEqual([])
  })

  it.each([
    ['an empty name', schema({ a: text('') })],
    ['a name with a space', schema({ a: text('a b') })],
    ['a name with a line break', schema({ a: text('a\r\nb') })],
    ['a name that is no text', schema({ a: text(7) })],
    ['the same name twice, in another case', schema({ a: text('Region'), b: text('REGION') })],
    ['a number', schema({ a: { type: 'number', 'x-mcp-header': 'A' } })],
    ['an object', schema({ a: { type: 'object', 'x-mcp-header': 'A' } })],
    ['no type', schema({ a: { 'x-mcp-header': 'A' } })],
    ['items', schema({ a: { type: 'array', items: text('A') } })],
    ['oneOf', schema({ a: { oneOf: [text('A')] } })],
    ['$defs', schema({ a: { $ref: '#/$defs/a' } }, { $defs: { a: text('A') } })],
    ['if', schema({ a: { type: 'string' } }, { if: schema({ a: text('A') }) })],
    ['the root', { type: 'object', 'x-mcp-header': 'A' }],
  ])('PROXY-19 calls %s invalid', (_name, inputSchema) => {
    expect(mirroredParams(inputSchema)).toBe('invalid')
  })

  it('writes the values that are there, encoded', () => {
    const mirrored = ['s', 'i', 'b', 'n', 'f', 'o'].map((name) => ({
      header: `mcp-param-${name}`,
      path: ['args', name],
    }))
    const args = { s: 'größe', i: -7, b: false, n: null, f: 2 ** 60, o: {} }
    expect(paramHeadersFor(mirrored, { args })).toEqual({
      'mcp-param-s': '=?base64?Z3LDtsOfZQ==?=',
      'mcp-param-i': '-7',
      'mcp-param-b': 'false',
    })
    expect(paramHeadersFor(mirrored, undefined)).toEqual({})
  })
})
