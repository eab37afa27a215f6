import { describe, expect, it } from 'vitest'

import { portico, run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const derive = (provider: string, options: object, ...more: string[]) =>
  run(['derive', provider, '--options', JSON.stringify(options), ...more])

describe('portico derive', () => {
  it('prints the four values of the Logto guide to the byte', async () => {
    const { code, output, errors } = await derive('logto', { logtoEndpoint: 'https://acme.logto.app' })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    const derived = JSON.parse(output) as { oidc: object; browserLogin: object }
    expect(derived.oidc).toMatchObject({
      issuer: 'https://acme.logto.app/oidc',
      jwksUrl: 'https://acme.logto.app/oidc/jwks',
    })
    expect(derived.browserLogin).toMatchObject({
      url: 'https://acme.logto.app/oidc/auth',
      tokenUrl: 'https://acme.logto.app/oidc/token',
    })
  })

  it.each([
    [
      'https://acme.logto.app/oidc',
      'logtoEndpoint must be the bare origin: remove "/oidc". Use "https://acme.logto.app".\n',
    ],
    ['https://acme.logto.app/', 'Use "https://acme.logto.app".\n'],
    ['https://acme.logto.app/oidc/.well-known/openid-configuration', 'Use "https://acme.logto.app".\n'],
    ['acme.logto.app', 'https://'],
  ])('refuses %s with the remedy on standard error, and prints nothing', async (logtoEndpoint, message) => {
    const { code, output, errors } = await derive('logto', { logtoEndpoint })
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(errors).toContain(message)
  })

  it('prints one line for each mistake', async () => {
    const { errors } = await derive('logto', { logtoEndpoint: 'acme', logtoEndpont: 'x', scope: 'profile' })
    expect(errors.trim().split('\n')).toHaveLength(3)
  })

  it('accepts plain http on loopback, and nowhere else: it contacts nobody', async () => {
    const { code, output } = await derive('logto', { logtoEndpoint: 'http://localhost:3001' })
    expect(code).toBe(0)
    expect(output).toContain('"http://localhost:3001/oidc"')
    expect((await derive('logto', { logtoEndpoint: 'http://acme.logto.app' })).code).toBe(1)
  })

  it.each([
    ['logt', 'Did you mean "logto"?'],
    ['something', 'There are '],
    ['../logto', 'is not an installed provider'],
  ])('proposes the nearest provider for %s', async (provider, message) => {
    const { code, output, errors } = await derive(provider, {})
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(errors).toContain(message)
  })

  it.each(['@acme/idp', 'portico-provider-acme'])(
    'derives for %s, which the project has installed',
    async (name) => {
      const directory = temporaryDirectory({
        [`node_modules/${name}/package.json`]: { name, type: 'module', exports: './index.js' },
        [`node_modules/${name}/index.js`]:
          "export const acme = Object.assign(() => ({}), { policyType: 'mcp-acme-oauth-inbound', create() {}, derive: (options) => options })\n",
      })
      const { code, output } = await run(['derive', name, '--options', '{"a":1}'], { directory })
      expect({ code, output: JSON.parse(output) as unknown }).toEqual({ code: 0, output: { a: 1 } })
    },
  )

  it('prints mistakes as JSON with --json', async () => {
    const { output, errors } = await derive('logto', {}, '--json')
    expect(output).toBe('')
    expect(JSON.parse(errors)).toEqual({ problems: [expect.stringContaining('logtoEndpoint is missing')] })
  })

  it.each([
    [['derive'], "missing required argument 'provider'"],
    [['derive', 'logto', '--options', '{a:1}'], 'Put names and texts in double quotes'],
    [['derive', 'logto', '--option', '{}'], "unknown option '--option'"],
    [['derive', 'logto', 'auth0'], 'too many arguments'],
  ])('calls %j a wrong command line', async (commandLine, message) => {
    const { code, errors } = await run(commandLine)
    expect(code).toBe(2)
    expect(errors).toContain(message)
  })

  it('has a standard output that a program can read, as a process of its own', async () => {
    const options = '{"logtoEndpoint":"https://acme.logto.app"}'
    const { code, output, errors } = await portico(['derive', 'logto', '--options', options], {
      directory: temporaryDirectory(),
    })
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(JSON.parse(output)).toMatchObject({ oidc: { issuer: 'https://acme.logto.app/oidc' } })
  })
})
