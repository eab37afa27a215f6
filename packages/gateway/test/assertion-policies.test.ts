import { describe, expect, it } from 'vitest'

import { environment, parse, problemsOf, routesWith, signInPolicy } from './config-files.ts'
import { publicUrl, testGateway } from './test-gateway.ts'

const options = {
  acmeDomain: 'acme.example',
  clientId: 'gateway',
  clientSecret: environment.ACME_CLIENT_SECRET,
}
const withAssertions = (idJag: object) => [
  signInPolicy({ handler: { options: { ...options, idJag: { enabled: true, ...idJag } } } }),
]
const trusting = (issuer: object) => withAssertions({ trustedIssuers: [issuer] })
const agent = { expectedClientIds: ['agent'] }
const acme = { issuer: 'https://acme.example', jwksUrl: 'https://acme.example/jwks' }
const place = '[0].handler.options.idJag'

describe('idJag of a sign-in policy', () => {
  it.each([
    ['R074 R076 of the provider itself', agent],
    ['R075 of the provider itself, spelled out', { ...agent, ...acme }],
    ['R077 with the default mapping', { ...agent, subjectMapping: 'iss_prefix' }],
  ])('takes assertions %s, for the routes that attach the policy', async (_, issuer) => {
    const { config } = await parse({ policies: trusting(issuer) })
    expect(config.identityAssertions).toEqual([
      { provider: 'acme', clients: ['agent'], resources: ['/mcp/linear-v1'], newUsers: 'create' },
    ])
  })

  it('R074 opens no route that attaches another policy', async () => {
    const partners = signInPolicy({
      name: 'partners',
      handler: { options: { ...options, providerId: 'partners' } },
    })
    const other = routesWith({
      path: '/mcp/notes',
      route: { policies: { inbound: ['partners'] } },
      operation: { operationId: 'notes' },
    })
    const routes = { ...other, paths: { ...other.paths, ...routesWith().paths } }
    const { config } = await parse({ policies: [...trusting(agent), partners], routes })
    expect(config.identityAssertions).toMatchObject([{ provider: 'acme', resources: ['/mcp/linear-v1'] }])
  })

  it('R079 is announced by the gateway, and not when it is switched off', async () => {
    const profiles = async (idJag: object) => {
      const { config } = await parse({ policies: withAssertions(idJag) })
      const metadata = new Request(`${publicUrl}/.well-known/oauth-authorization-server`)
      const response = await testGateway(config).gateway.fetch(metadata)
      return ((await response.json()) as Record<string, unknown>)['authorization_grant_profiles_supported']
    }
    expect(await profiles({ trustedIssuers: [agent] })).toHaveLength(1)
    expect(await profiles({ trustedIssuers: [agent], enabled: false })).toBeUndefined()
  })

  it.each<[string, object[], string, string]>([
    ['R075 names no clients', withAssertions({}), '.trustedIssuers', '[{ "expectedClientIds": ["agent"] }]'],
    [
      'R076 names no clients of an issuer',
      trusting({}),
      '.trustedIssuers[0].expectedClientIds',
      'must name the clients',
    ],
    [
      'R075 trusts another issuer',
      trusting({ ...agent, ...acme, issuer: 'https://other.example' }),
      '.trustedIssuers[0].issuer',
      'a sign-in policy with idJag of its own',
    ],
    [
      'R075 trusts other keys',
      trusting({ ...agent, ...acme, jwksUrl: 'https://other.example/jwks' }),
      '.trustedIssuers[0].jwksUrl',
      'Leave out issuer and jwksUrl',
    ],
    [
      'R077 maps subjects without their issuer',
      trusting({ ...agent, subjectMapping: 'sub_id_only' }),
      '.trustedIssuers[0].subjectMapping',
      'must be "iss_prefix", or left out',
    ],
    [
      'R078 allows authorization details',
      withAssertions({ trustedIssuers: [agent], authorizationDetailsTypesAllowed: ['payment'] }),
      '.authorizationDetailsTypesAllowed',
      'remove it',
    ],
  ])('is refused where it %s', async (_, policies, member, message) => {
    expect(await problemsOf({ policies })).toMatchObject([
      { path: `${place}${member}`, message: expect.stringContaining(message) },
    ])
  })

  it('is refused beside identityAssertions of the authorization server', async () => {
    const authorizationServer = { identityAssertions: [{ provider: 'acme', clients: ['agent'] }] }
    expect(await problemsOf({ policies: { policies: trusting(agent), authorizationServer } })).toMatchObject([
      {
        path: `policies${place}`,
        message: expect.stringContaining('"authorizationServer.identityAssertions"'),
      },
    ])
  })
})
