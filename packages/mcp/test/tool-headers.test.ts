import { expect, it } from 'vitest'

import { createToolHeaders } from '../src/translate/tool-headers.ts'

const zoned = (name: string) => ({
  name,
  inputSchema: { properties: { zone: { type: 'string', 'x-mcp-header': 'Zone' } } },
})
const plain = (name: string) => ({ name, inputSchema: { properties: { zone: { type: 'string' } } } })

function headersAfter(...lists: readonly (readonly object[])[]) {
  const headers = createToolHeaders(() => undefined)
  for (const tools of lists) headers.learn({ jsonrpc: '2.0', id: 1, method: 'tools/list' }, { tools })
  return (name: string) =>
    headers.known({
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name, arguments: { zone: 'north' } },
    })
}

it('a call has the headers of its tool as it was listed last', () => {
  const north = { 'mcp-param-zone': 'north' }
  expect(headersAfter([zoned('weather')])('weather')).toEqual(north)
  expect(headersAfter([plain('weather')])('weather')).toEqual({})
  expect(headersAfter([plain('weather')], [zoned('weather')])('weather')).toEqual(north)
  expect(headersAfter([zoned('weather')], [plain('weather')])('weather')).toEqual({})
})

it('an upstream that invents tools without end has the oldest forgotten', () => {
  const invented = Array.from({ length: 1_000 }, (_, index) => zoned(`tool-${index}`))
  const headersOf = headersAfter([zoned('first'), zoned('second')], [zoned('first')], invented.slice(1))
  expect([headersOf('second'), headersOf('first'), headersOf('tool-999')]).toEqual([
    {},
    { 'mcp-param-zone': 'north' },
    { 'mcp-param-zone': 'north' },
  ])
})
