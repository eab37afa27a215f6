import { expect, it } from 'vitest'

import { createResourceServer } from '../src/index.ts'

const options = {
  resource: 'https://mcp.example.com/mcp',
  authorizationServer: 'https://auth.example.com',
  verify: () => undefined,
}
const create = (more: object) => () => createResourceServer({ ...options, ...more })

it.each([
  {},
  { name: 'Demo', scopes: ['mcp:tools'], allowedOrigins: 'any', onError: () => {} },
  { allowedOrigins: ['https://app.example.com'], dpop: { algorithms: ['ES256'], required: true } },
])('a resource server takes %j', (more) => {
  expect(create(more)).not.toThrow()
})

it.each([
  [{ verify: undefined }, 'verify must be a function of the token'],
  [{ verify: 'token' }, 'verify must be a function of the token'],
  [{ name: 7 }, 'name must be text.'],
  [{ scopes: 'mcp:tools' }, 'scopes must be a list of scopes, e.g. ["mcp:tools"].'],
  [{ allowedOrigins: 'https://app.example.com' }, 'allowedOrigins must be a list of origins'],
  [{ allowedOrigins: null }, 'allowedOrigins must be a list of origins'],
  [{ dpop: true }, 'dpop must be an object with "algorithms"'],
  [{ onError: console }, 'onError must be a function.'],
])('a resource server refuses %j from callers without types', (more, message) => {
  expect(create(more)).toThrow(TypeError)
  expect(create(more)).toThrow(message)
})
