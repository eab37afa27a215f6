import { createScriptedIdp } from '@portico/test-peers'
import { serveOnLoopback } from '@portico/test-peers/node'
import { describe, expect, it, onTestFinished } from 'vitest'

import { oneRouteFiles } from './one-route-files.ts'
import { portico } from './run.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const clientSecret = 'wJ8vT2nQx5LrB7kYp3ZsHd9M'

/** A provider in Logto's shape behind a port, an upstream beside it, and a project that is configured for both. */
async function project(redirectUris: readonly string[]) {
  const upstream = await serveOnLoopback(() => () => Response.json({ jsonrpc: '2.0', id: 1, result: {} }))
  onTestFinished(() => upstream.close())
  const server = await serveOnLoopback((origin) => {
    const issuer = `${origin}/oidc`
    const idp = createScriptedIdp({
      issuer,
      algorithm: 'ES384',
      endpoints: {
        authorization: `${issuer}/auth`,
        userinfo: `${issuer}/me`,
        revocation: `${issuer}/token/revocation`,
        endSession: `${issuer}/session/end`,
      },
      clients: [{ clientId: 'k9x2m4', clientSecret, redirectUris }],
    })
    idp.signInAs(undefined)
    return idp.fetch
  })
  onTestFinished(() => server.close())
  const options = {
    logtoEndpoint: server.origin,
    clientId: 'k9x2m4',
    clientSecret: '$env(LOGTO_CLIENT_SECRET)',
  }
  const directory = temporaryDirectory(oneRouteFiles(options, `${upstream.origin}/mcp`))
  return { directory, environment: { LOGTO_CLIENT_SECRET: clientSecret, PORTICO_PORT: '1' } }
}

describe('portico doctor', () => {
  it('prints a line for each thing it looked at, and ends with 0 when all is well', async () => {
    const where = await project(['http://localhost:1/oauth/callback'])
    const { code, output, errors } = await portico(['doctor'], where)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toMatch(
      /^ok {6}logto discovery: http:\/\/127\.0\.0\.1:\d+\/oidc\/\.well-known\/openid-configuration exists\.$/m,
    )
    expect(output).toContain(
      'ok      logto redirect_uri: Logto knows http://localhost:1/oauth/callback and the client id.',
    )
    expect(
      output
        .trim()
        .split('\n')
        .every((line) => /^(?:ok|skipped) /.test(line)),
    ).toBe(true)
    expect(output).toContain('ok      upstream /mcp/linear-v1 mcp_endpoint: ')
    expect(output).toContain('skipped public-url reachable: No gateway runs at http://localhost:1')
  })

  it('ends with 1 and says what to change, and where', async () => {
    const { code, output } = await portico(['doctor'], await project(['http://localhost:1/callback']))
    expect(code).toBe(1)
    expect(output).toMatch(
      /^problem logto redirect_uri: .*"Redirect URIs" in the settings of the application\. The callback address is http:\/\/localhost:1\/oauth\/callback\.$/m,
    )
  })

  it('prints JSON with --json', async () => {
    const where = await project(['http://localhost:1/callback'])
    const { code, output } = await portico(['doctor', '--json'], where)
    expect(code).toBe(1)
    expect(JSON.parse(output)).toEqual({
      problems: [],
      findings: expect.arrayContaining([
        {
          area: 'provider',
          provider: 'logto',
          check: 'redirect_uri',
          status: 'problem',
          message: expect.any(String),
          remedy: expect.any(String),
        },
      ]),
    })
  })

  it('looks at no more than it is asked to', async () => {
    const { code, output } = await portico(['doctor', '--json', '--only', 'upstream'], await project([]))
    expect(code).toBe(0)
    expect(JSON.parse(output).findings).toEqual([
      {
        area: 'upstream',
        route: '/mcp/linear-v1',
        check: 'mcp_endpoint',
        status: 'ok',
        message: expect.any(String),
      },
    ])
    const wrong = await portico(['doctor', '--only', 'weather'], await project([]))
    expect(wrong).toMatchObject({
      code: 2,
      errors: expect.stringContaining('not one of provider, public-url'),
    })
  })

  it('first wants the configuration to be right', async () => {
    const { directory } = await project([])
    const { code, output, errors } = await portico(['doctor'], { directory })
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(errors).toContain('LOGTO_CLIENT_SECRET')
  })
})
