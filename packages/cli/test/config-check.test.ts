import { describe, expect, it } from 'vitest'

import { portico, run } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** The policy of the Logto guide, as a file of its own. */
const logtoPolicy = `{
  "name": "logto-managed-oauth",
  "policyType": "mcp-logto-oauth-inbound",
  "handler": {
    "module": "$import(@zuplo/runtime/mcp-gateway)",
    "export": "McpLogtoOAuthInboundPolicy",
    "options": {
      "logtoEndpoint": "$env(LOGTO_ENDPOINT)",
      "clientId": "$env(LOGTO_CLIENT_ID)",
      "clientSecret": "$env(LOGTO_CLIENT_SECRET)"
    }
  }
}`

const environment = {
  LOGTO_ENDPOINT: 'https://acme.logto.app',
  LOGTO_CLIENT_ID: 'k9x2m4',
  LOGTO_CLIENT_SECRET: 'wJ8vT2nQx5LrB7kYp3ZsHd9M',
}

const routes = {
  openapi: '3.1.0',
  info: { title: 'Gateway', version: '1.0.0' },
  paths: {
    '/mcp/linear-v1': {
      'get,post': {
        operationId: 'linear-mcp-server',
        'x-portico-route': {
          corsPolicy: 'none',
          handler: {
            module: '$import(@portico/mcp)',
            export: 'McpProxyHandler',
            options: { rewritePattern: 'https://mcp.linear.app/mcp' },
          },
          policies: { inbound: ['logto-managed-oauth'] },
        },
      },
    },
  },
}

const files = { 'config/policies.json': logtoPolicy, 'config/routes.oas.json': routes }

describe('portico config check', () => {
  it('accepts the policy of the Logto guide, word for word, as the whole policies file', async () => {
    const directory = temporaryDirectory(files)
    expect(await run(['config', 'check'], { directory, environment })).toEqual({
      code: 0,
      output: 'The configuration is valid: 1 route, 1 identity provider.\n',
      errors: '',
    })
  })

  it('takes the variables from the .env file beside the configuration', async () => {
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
    const directory = temporaryDirectory({ ...files, '.env': lines.join('\n') })
    expect(await run(['config', 'check'], { directory })).toMatchObject({ code: 0 })
  })

  it('warns of variables that are nearly settings', async () => {
    const misspelled = { ...environment, PORTICO_TRUSTED_PROXY: '10.0.0.0/8' }
    const directory = temporaryDirectory(files)
    expect(await run(['config', 'check'], { directory, environment: misspelled })).toMatchObject({
      code: 0,
      errors:
        'warning: PORTICO_TRUSTED_PROXY: is no setting, and has no effect: did you mean PORTICO_TRUSTED_PROXIES?\n',
    })
  })

  it('names file, line, path, problem and remedy on one line', async () => {
    const directory = temporaryDirectory(files)
    const wrong = { ...environment, LOGTO_ENDPOINT: 'https://acme.logto.app/oidc' }
    expect(await run(['config', 'check'], { directory, environment: wrong })).toEqual({
      code: 1,
      output: '',
      errors:
        'config/policies.json:8 handler.options.logtoEndpoint: must be the bare origin: remove "/oidc". Use "https://acme.logto.app".\n',
    })
  })

  it('names every missing variable', async () => {
    const { code, errors } = await run(['config', 'check'], { directory: temporaryDirectory(files) })
    expect(code).toBe(1)
    expect(errors.trim().split('\n')).toEqual(
      Object.keys(environment).map((name) =>
        expect.stringContaining(`needs the environment variable ${name}`),
      ),
    )
  })

  it('finds mistakes in the settings and in the files at once', async () => {
    const directory = temporaryDirectory(files)
    const wrong = { LOGTO_ENDPOINT: 'x', PORTICO_PUBLIC_URL: 'https://mcp.example.com' }
    const { errors } = await run(['config', 'check'], { directory, environment: wrong })
    expect(errors).toContain('PORTICO_KEYS: is missing')
    expect(errors).toContain('handler.options.logtoEndpoint')
  })

  it('prints problems and warnings as JSON with --json', async () => {
    const directory = temporaryDirectory({ ...files, 'config/routes.oas.json': { ...routes, paths: {} } })
    const { code, output } = await run(['config', 'check', '--json'], { directory, environment })
    expect(code).toBe(1)
    expect(JSON.parse(output)).toEqual({
      problems: [expect.objectContaining({ file: 'config/routes.oas.json', line: 7, path: 'paths' })],
      warnings: [],
    })
  })

  it('says which files are missing', async () => {
    const { code, errors } = await run(['config', 'check', '--config', 'conf'], {
      directory: temporaryDirectory(),
    })
    expect(code).toBe(1)
    expect(errors).toMatch(/^conf\/policies\.json: does not exist.*\nconf\/routes\.oas\.json: does not exist/)
  })

  it('reads another directory with --config', async () => {
    const directory = temporaryDirectory({ 'a/policies.json': logtoPolicy, 'a/routes.oas.json': routes })
    expect(await run(['config', 'check', '--config', 'a'], { directory, environment })).toMatchObject({
      code: 0,
    })
  })

  it('works as a process of its own', async () => {
    const directory = temporaryDirectory(files)
    expect(await portico(['config', 'check'], { directory, environment })).toMatchObject({ code: 0 })
    expect(await portico(['config', 'check'], { directory })).toMatchObject({ code: 1, output: '' })
  })
})

describe('a configuration in code', () => {
  const logto = new URL('../../providers/logto/src/index.ts', import.meta.url).href
  const code = (path: string) => `
    import { logto } from '${logto}'
    export default ({ environment, development }) => ({
      providers: [
        logto({ logtoEndpoint: 'http://localhost:3001', clientId: 'k9x2m4', clientSecret: environment.SECRET }, { development }),
      ],
      routes: [{ path: '${path}', id: 'a', upstream: { url: 'https://a.example/mcp' } }],
    })`
  const secret = { SECRET: 'wJ8vT2nQx5LrB7kYp3ZsHd9M' }

  it.each(['config/portico.config.mjs', 'portico.config.mjs'])('is read from %s', async (file) => {
    const directory = temporaryDirectory({ [file]: code('/mcp/a') })
    const outcome = await portico(['config', 'check'], { directory, environment: secret })
    expect(outcome).toMatchObject({ code: 0, errors: '' })
  })

  it('is checked as the files are', async () => {
    const directory = temporaryDirectory({ 'portico.config.mjs': code('/mcp/a/') })
    const outcome = await portico(['config', 'check'], { directory, environment: secret })
    expect(outcome).toMatchObject({ code: 1, output: '' })
    expect(outcome.errors).toBe(
      'routes[0].path: must not end with "/": clients compare the URL character by character. Use "/mcp/a".\n',
    )
  })

  it('is refused beside configuration files', async () => {
    const directory = temporaryDirectory({ ...files, 'portico.config.mjs': code('/mcp/a') })
    const { code: exitCode, errors } = await run(['config', 'check'], { directory, environment })
    expect(exitCode).toBe(1)
    expect(errors).toMatch(
      /^portico\.config\.mjs: cannot be combined with config\/policies\.json and config\/routes\.oas\.json/,
    )
  })

  it.each([
    ['throws', 'throw new Error("no such thing")', 'could not be loaded: no such thing'],
    ['has no default export', 'export const config = {}', 'must have the default export'],
    ['exports something else', 'export default 1', 'must have the default export'],
    [
      'says what the settings say',
      'export default { providers: [], routes: [], publicUrl: "https://mcp.example.com" }',
      'publicUrl: is a setting of the command line: set PORTICO_PUBLIC_URL, and remove it here.',
    ],
    [
      'is misconfigured',
      'export default () => { throw Object.assign(new Error("x"), { name: "ConfigError", problems: [{ option: "logtoEndpoint", problem: "is missing" }] }) }',
      'logtoEndpoint: is missing.',
    ],
  ])('is refused when it %s', async (_mistake, text, message) => {
    const directory = temporaryDirectory({ 'portico.config.mjs': text })
    const { code: exitCode, errors } = await run(['config', 'check'], { directory })
    expect(exitCode).toBe(1)
    expect(errors).toContain(`portico.config.mjs`)
    expect(errors).toContain(message)
  })
})
