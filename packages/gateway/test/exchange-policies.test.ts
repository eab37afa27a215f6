import { describe, expect, it } from 'vitest'

import { parse, problemsOf, routesWith, signInPolicy } from './config-files.ts'

const policy = (options: object, name = 'mcp-token-exchange-linear') => ({
  name,
  policyType: 'mcp-token-exchange-inbound',
  handler: { module: '$import(@portico/gateway)', export: 'McpTokenExchangeInboundPolicy', options },
})
const attached = (...names: readonly string[]) =>
  routesWith({ route: { policies: { inbound: ['staff', ...names] } } })
const userOAuth = { displayName: 'Linear', authMode: 'user-oauth' }
const withOptions = (options: object, name?: string) => ({
  policies: [signInPolicy(), policy(options, name)],
  routes: attached(name ?? 'mcp-token-exchange-linear'),
})

describe('a token exchange policy', () => {
  it('R016 R020 R134 becomes a connection to the upstream of its route, with the id in its name', async () => {
    const { config } = await parse(withOptions({ ...userOAuth, scopes: ['read'], prompt: 'consent' }))
    expect(config.connections).toMatchObject([
      {
        id: 'linear',
        displayName: 'Linear',
        authMode: 'user-oauth',
        url: 'https://mcp.linear.app/mcp',
        scopes: ['read'],
        prompt: 'consent',
      },
    ])
    expect(config.routes[0]?.upstream?.connection).toBe('linear')
  })

  it('R020 takes its id from the options where they have one', async () => {
    const { config } = await parse(withOptions({ ...userOAuth, id: 'issues' }, 'upstream'))
    expect(config.connections).toMatchObject([{ id: 'issues' }])
  })

  it.each([
    ['mcp-token-exchange-linear', 'linear'],
    ['id-jag-upstream', 'id-jag-upstream'],
  ])('R020 named %s without an id has the id %s', async (name, id) => {
    const { config } = await parse(withOptions(userOAuth, name))
    expect(config.connections).toMatchObject([{ id }])
    expect(config.routes[0]?.upstream?.connection).toBe(id)
  })

  it.each<[string, object, string | undefined, string, string]>([
    ['R020 with a name that is no id', userOAuth, 'the upstream', 'id', 'is none: add it'],
    ['R020 with an id that is none', { ...userOAuth, id: 'a b' }, undefined, 'id', 'must be 1 to 64 letters'],
    ['without a display name', { authMode: 'user-oauth' }, undefined, 'displayName', ''],
    ['of an unknown mode', { ...userOAuth, authMode: 'magic' }, undefined, 'authMode', ''],
    ['with a misspelled option', { ...userOAuth, scope: ['a'] }, undefined, 'scope', 'did you mean "scopes"'],
    [
      'R137 with an unknown registration',
      { ...userOAuth, clientRegistration: { mode: 'none' } },
      undefined,
      'clientRegistration.mode',
      '',
    ],
  ])('is refused %s', async (_mistake, options, name, place, message) => {
    expect(await problemsOf(withOptions(options, name))).toMatchObject([
      { path: `[1].handler.options.${place}`, message: expect.stringContaining(message) },
    ])
  })

  it('R016 is refused when another one has its id', async () => {
    const second = policy({ ...userOAuth, id: 'linear' }, 'second')
    const routes = {
      ...attached(),
      paths: {
        ...attached('mcp-token-exchange-linear').paths,
        ...routesWith({
          path: '/mcp/linear-v2',
          route: { policies: { inbound: ['staff', 'second'] } },
          operation: { operationId: 'linear-2' },
        }).paths,
      },
    }
    const problems = await problemsOf({ policies: [signInPolicy(), policy(userOAuth), second], routes })
    expect(problems).toMatchObject([{ path: '[2].handler.options.id' }])
  })

  it('R132 warns of a shared account that nobody may connect', async () => {
    const shared = { displayName: 'Linear', authMode: 'shared-oauth' }
    const { warnings } = await parse(withOptions(shared))
    expect(warnings).toMatchObject([{ message: expect.stringContaining('adminGroups') }])
    const { warnings: none } = await parse(withOptions({ ...shared, adminGroups: ['admins'] }))
    expect(none).toEqual([])
  })
})
