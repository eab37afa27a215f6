import { readFileSync } from 'node:fs'

import { parseConfig } from '@portico/gateway'
import { createSafeFetch } from '@portico/safe-fetch'
import { createScriptedMcpClient } from '@portico/test-peers'
import { nodeFetch } from '@portico/test-peers/node'
import { describe, expect, it } from 'vitest'

import { createBrowser, redirectUri, runDemo } from './running-demo.ts'

/** The policy as the reference documents it, character for character, and a route in its shape. */
const configDirectory = new URL('./fixtures/documented-configuration/', import.meta.url)

const documented = `{ "name": "logto-managed-oauth", "policyType": "mcp-logto-oauth-inbound", "handler": { "module": "$import(@zuplo/runtime/mcp-gateway)", "export": "McpLogtoOAuthInboundPolicy", "options": { "logtoEndpoint": "$env(LOGTO_ENDPOINT)", "clientId": "$env(LOGTO_CLIENT_ID)", "clientSecret": "$env(LOGTO_CLIENT_SECRET)" } } }`

function parse(logtoEndpoint: string) {
  const file = (name: string) => ({
    file: `config/${name}`,
    text: readFileSync(new URL(name, configDirectory), 'utf8'),
  })
  return parseConfig({
    policies: file('policies.json'),
    routes: file('routes.oas.json'),
    environment: {
      LOGTO_ENDPOINT: logtoEndpoint,
      LOGTO_CLIENT_ID: 'the-app-id',
      LOGTO_CLIENT_SECRET: 'the-app-secret',
      DEMO_UPSTREAM_URL: 'https://mcp.example.com/mcp',
    },
    importModule: (specifier) => import(specifier) as Promise<object>,
    providerIds: ['logto'],
    fetch: createSafeFetch(),
  })
}

describe('the documented Logto configuration', () => {
  it('is the file of this test, to the byte', () => {
    expect(readFileSync(new URL('policies.json', configDirectory), 'utf8').trim()).toBe(documented)
  })

  it('derives the documented values, to the byte', async () => {
    const { config } = await parse('https://acme.logto.app')
    const [provider] = config.providers
    expect({
      'oidc.issuer': provider?.oidc?.issuer,
      'oidc.jwksUrl': provider?.oidc?.jwksUrl,
      'browserLogin.url': provider?.browserLogin.url,
      'browserLogin.tokenUrl': provider?.browserLogin.tokenUrl,
    }).toEqual({
      'oidc.issuer': 'https://acme.logto.app/oidc',
      'oidc.jwksUrl': 'https://acme.logto.app/oidc/jwks',
      'browserLogin.url': 'https://acme.logto.app/oidc/auth',
      'browserLogin.tokenUrl': 'https://acme.logto.app/oidc/token',
    })
  })

  it.each([
    'https://acme.logto.app/oidc',
    'https://acme.logto.app/.well-known/openid-configuration',
    'https://acme.logto.app/oidc/.well-known/openid-configuration',
    'https://acme.logto.app/',
    'https://acme.logto.app/other',
  ])('refuses %s at boot, naming option, problem and the corrected value', async (endpoint) => {
    const refused = parse(endpoint)
    await expect(refused).rejects.toThrow('config/policies.json')
    await expect(refused).rejects.toThrow('logtoEndpoint')
    await expect(refused).rejects.toThrow('"https://acme.logto.app"')
    await expect(refused).rejects.not.toThrow('the-app-secret')
  })

  it('signs a user in and carries a call to the upstream', async () => {
    const demo = await runDemo({ configDirectory })
    const client = createScriptedMcpClient({ fetch: nodeFetch, browser: createBrowser(), redirectUri })
    const connection = await client.connect(`${demo.origin}/mcp/demo`)
    const call = { name: 'echo', arguments: { text: 'hello' } }
    expect((await connection.call('tools/call', call)).result).toMatchObject({ content: [{ text: 'hello' }] })
  })
})
