import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { findResource } from '../src/resource-url.ts'
import { testServer } from './test-server.ts'
import { demoResource } from './token-client.ts'

const { settings } = testServer().context
const find = (value: string) => findResource(settings, value)?.url

describe('the resource a request names', () => {
  it.each([
    demoResource,
    `${demoResource}/`,
    'HTTPS://MCP.EXAMPLE.COM/mcp/demo',
    'https://mcp.example.com:443/mcp/demo',
    'https://mcp.example.com:443/mcp/demo/',
  ])('AS-32 COMPAT-01 is found as %s', (value) => {
    expect(find(value)).toBe(demoResource)
  })

  it.each([
    `${demoResource}//`,
    `${demoResource}#x`,
    `${demoResource}?x=1`,
    `${demoResource}/x`,
    'https://mcp.example.com/mcp/Demo',
    'https://mcp.example.com/mcp%2Fdemo',
    'https://mcp.example.com/mcp/dem%6f',
    'https://mcp.example.com/x/../mcp/demo',
    'https://mcp.example.com/x/%2e%2e/mcp/demo',
    'https://mcp.example.com/./mcp/demo',
    'https://mcp.example.com\\mcp\\demo',
    'https://mcp.example.com/mcp/de\tmo',
    ' https://mcp.example.com/mcp/demo',
    'https://user@mcp.example.com/mcp/demo',
    'https://mcp.example.com:8443/mcp/demo',
    'https://mcp.example.com./mcp/demo',
    'http://mcp.example.com/mcp/demo',
    'https://mcp.example.com',
    'https://mcp.example.com/',
    '/mcp/demo',
    'mcp/demo',
    '',
  ])('AS-31 D01 is not found as %j', (value) => {
    expect(find(value)).toBeUndefined()
  })

  it('AS-32 is never found by a text that differs in anything but case of scheme and host, port and last slash', () => {
    const near = fc
      .tuple(fc.nat(demoResource.length), fc.string({ maxLength: 4 }), fc.nat(3))
      .map(([at, put, cut]) => demoResource.slice(0, at) + put + demoResource.slice(at + cut))
    const strict = fc.property(near, (value) => {
      const tolerated = /^https:\/\/mcp\.example\.com(:0*(443)?)?\/mcp\/demo\/?$/
      const [scheme = '', host = '', ...path] = value.split(/(?<=^[^/]*\/\/)|(?<=^[^/]*\/\/[^/]*)(?=\/)/)
      return (
        find(value) === undefined || tolerated.test(scheme.toLowerCase() + host.toLowerCase() + path.join(''))
      )
    })
    expect(fc.check(strict, { numRuns: 5000 })).toMatchObject({ failed: false, counterexample: null })
  })
})
