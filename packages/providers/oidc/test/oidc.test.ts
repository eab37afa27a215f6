import { readdirSync, readFileSync } from 'node:fs'

import { ConfigError, type IdentityProvider, type UnresolvedProvider } from '@portico/provider'
import { describeProvider } from '@portico/testkit'
import { describe, expect, it } from 'vitest'

import { oidc } from '../src/index.ts'

const credentials = { clientId: 'portico', clientSecret: 'p0Zr3vQ8mKxT2wLs' }
const explicit = {
  oidc: { issuer: 'https://idp.example.com/', jwksUrl: 'https://idp.example.com/keys?v=1' },
  browserLogin: {
    url: 'https://idp.example.com/authorize?p=b2c_1_signin',
    tokenUrl: 'https://idp.example.com/token',
    ...credentials,
  },
}

describeProvider(oidc, {
  options: { issuer: 'https://idp.example.com', ...credentials },
  derives: [
    [
      {
        oidc: explicit.oidc,
        browserLogin: { url: explicit.browserLogin.url, tokenUrl: explicit.browserLogin.tokenUrl },
      },
      {
        'oidc.issuer': 'https://idp.example.com/',
        'oidc.jwksUrl': 'https://idp.example.com/keys?v=1',
        'browserLogin.url': 'https://idp.example.com/authorize?p=b2c_1_signin',
        'browserLogin.tokenUrl': 'https://idp.example.com/token',
        scope: 'openid profile email',
      },
    ],
    [
      { issuer: 'https://idp.example.com/' },
      {
        'oidc.issuer': 'https://idp.example.com/',
        'oidc.discoveryUrl': 'https://idp.example.com/.well-known/openid-configuration',
        browserLogin: undefined,
      },
    ],
    [
      { issuer: 'https://id.example.org/auth/v1/' },
      { 'oidc.discoveryUrl': 'https://id.example.org/auth/v1/.well-known/openid-configuration' },
    ],
    [
      { oidc: { issuer: 'https://idp.example.com' }, discovery: 'https://other.example.com/document' },
      { 'oidc.issuer': 'https://idp.example.com', 'oidc.discoveryUrl': 'https://other.example.com/document' },
    ],
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  refuses: [
    [
      { issuer: undefined },
      'issuer is missing. Set it to the "iss" of the provider\'s ID tokens, e.g. "https://idp.example.com".',
    ],
    [
      { clientId: undefined },
      'clientId is missing. Set the client id of the application registered at the provider.',
    ],
    [
      { issuer: 'http://0.0.0.0:8200' },
      'issuer must be an absolute https URL: replace "http://" by "https://". Expected: Issuer, byte for byte as in `iss`; a trailing slash counts. Its discovery document supplies the rest.',
    ],
    [
      { issuer: 'https://idp.example.com/.well-known/openid-configuration' },
      'issuer is the address of the discovery document, not the issuer. Copy "issuer" from that document; it is probably "https://idp.example.com".',
    ],
    [
      { issuer: 'https://idp.example.com/authorize' },
      'issuer is the address of an endpoint, not the issuer. Copy "issuer" from the discovery document of the provider.',
    ],
    [
      { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' },
      'issuer still contains a template in braces. Put your own value in place of the braces.',
    ],
    [
      { oidc: { issuer: 'https://idp.example.com', jwksUrl: 'https://idp.example.com/keys' } },
      [
        'oidc.issuer repeats issuer. Keep one of the two.',
        'browserLogin.url is missing. Set it, or set discovery to true.',
        'browserLogin.tokenUrl is missing. Set it, or set discovery to true.',
      ],
    ],
    [{ browserLogin: { clientId: 'x' } }, 'browserLogin.clientId repeats clientId. Keep one of the two.'],
    [
      { oidc: { jwksUri: 'https://idp.example.com/keys' } },
      'oidc.jwksUri is an unknown option. Did you mean "jwksUrl"?',
    ],
    [
      { browserLogin: { url: 'idp.example.com' } },
      'browserLogin.url must be an absolute https URL: add "https://". Expected: Authorization endpoint.',
    ],
    [
      { browserLogin: { nonce: 'absent', pkce: 'none' } },
      'browserLogin.nonce cannot be absent while PKCE is off. Remove one of the two.',
    ],
    [
      { browserLogin: { responseMode: 'fragment' } },
      'browserLogin.responseMode must be one of "query", "form_post".',
    ],
    [
      { discovery: false },
      'discovery has none of the forms it may have. Expected: `true`, or the address of the document where it is not below the issuer.',
    ],
  ],
  accepts: [
    { discovery: true },
    { browserLogin: { responseMode: 'form_post', nonce: 'absent' } },
    { clientId: undefined, clientSecret: undefined, issuer: undefined, ...explicit },
    {
      clientSecret: undefined,
      tokenEndpointAuthMethod: 'none',
      issuer: undefined,
      oidc: explicit.oidc,
      browserLogin: { url: 'https://idp.example.com/a', tokenUrl: 'https://idp.example.com/t' },
    },
  ],
  identifies: [
    {
      claims: { sub: 'a', name: 'Ada', email: 'ada@example.com', email_verified: 'true' },
      identity: { subject: 'a', name: 'Ada', email: { address: 'ada@example.com', verified: true } },
    },
  ],
})

describe('stated endpoints', () => {
  it('take credentials, scope and times from the reference’s browserLogin block', () => {
    const provider = oidc({
      ...explicit,
      browserLogin: {
        ...explicit.browserLogin,
        scope: 'openid groups',
        audience: 'api',
        pkce: 'none',
        sessionTtlSeconds: 60,
      },
    })
    expect(provider).toMatchObject({
      client: { id: 'portico', secret: 'p0Zr3vQ8mKxT2wLs' },
      scope: 'openid groups',
      settings: { sessionTtlSeconds: 60, stateTtlSeconds: 900 },
      browserLogin: { pkce: 'none', parameters: { audience: 'api' } },
    })
  })

  it('take how the answer comes back, and that a provider echoes no nonce, which warns', () => {
    const provider = oidc({
      ...explicit,
      browserLogin: { ...explicit.browserLogin, responseMode: 'form_post', nonce: 'absent' },
    })
    expect(provider).toMatchObject({
      browserLogin: { responseMode: 'form_post', nonce: 'absent' },
      warnings: ['browserLogin.nonce is switched off: state and PKCE alone tie the answer to the login.'],
    })
  })

  it('warn about an audience of their own and about a provider that has a package', () => {
    const provider = oidc({
      ...explicit,
      oidc: { ...explicit.oidc, issuer: 'https://acme.okta.com', audience: 'api' },
    })
    expect(provider).toMatchObject({
      oidc: { audience: 'api' },
      warnings: [
        'oidc.audience replaces the client id as expected audience: almost never right.',
        'The issuer looks like that of @portico/okta, which knows its peculiarities.',
      ],
    })
  })
})

describe('the package that is pointed to', () => {
  it.each([
    ['https://acme.okta.mil/oauth2/default', 'okta'],
    ['https://T.ciamlogin.com/T/v2.0', 'entra'],
    ['https://login.microsoftonline.us/T/v2.0', 'entra'],
    ['https://okta.mil.example.com', undefined],
  ])('of the issuer %s is %s', (issuer, id) => {
    const { warnings = [] } = oidc.derive({ ...explicit, oidc: { ...explicit.oidc, issuer } })
    expect(warnings.join(' ').match(/@portico\/\w+/)?.[0]).toBe(id && `@portico/${id}`)
  })
})

describe('an issuer alone', () => {
  const unresolved = (options: object = {}): UnresolvedProvider => {
    const provider = oidc.create({ issuer: 'https://idp.example.com', ...credentials, ...options })
    if ('discoveryUrl' in provider) return provider
    throw new Error('resolved without its document')
  }
  const document = {
    issuer: 'https://idp.example.com',
    authorization_endpoint: 'https://login.example.com/authorize',
    token_endpoint: 'https://login.example.com/token',
    jwks_uri: 'https://keys.example.com/',
    end_session_endpoint: null,
    authorization_response_iss_parameter_supported: true,
  }
  const sentences = (build: () => IdentityProvider) => {
    try {
      build()
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map(({ problem }) => problem)
    }
    return []
  }

  const unusable = (member: string) =>
    `has a discovery document whose ${member} is not an https URL without user information and fragment`

  it('is completed by its discovery document', () => {
    expect(unresolved({ displayName: 'Staff', providerId: 'staff' })).toMatchObject({
      type: 'oidc',
      id: 'staff',
      name: 'Staff',
      discoveryUrl: 'https://idp.example.com/.well-known/openid-configuration',
    })
    expect(unresolved().resolve(document)).toMatchObject({
      issuer: 'https://idp.example.com',
      client: { id: 'portico', authMethod: 'client_secret_basic' },
      oidc: { issuer: 'https://idp.example.com', jwksUrl: 'https://keys.example.com/' },
      browserLogin: {
        url: 'https://login.example.com/authorize',
        tokenUrl: 'https://login.example.com/token',
        responseIss: 'required',
      },
    })
  })

  it('gives way to what the options state', () => {
    const provider = unresolved({
      discovery: true,
      browserLogin: { tokenUrl: 'https://internal.example.com/token' },
    })
    expect(provider.resolve(document).browserLogin.tokenUrl).toBe('https://internal.example.com/token')
  })

  it('prefers POST where the document lists it', () => {
    const listed = {
      ...document,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    }
    expect(unresolved().resolve(listed).client.authMethod).toBe('client_secret_post')
  })

  it('asks for no prompt that is missing from the list of the document, where it has one', () => {
    const listed = { ...document, prompt_values_supported: ['none', 'login', 'consent'] }
    expect(unresolved().resolve(listed).browserLogin.prompts).toEqual(['none', 'login', 'consent'])
    expect(unresolved().resolve(document).browserLogin.prompts).toBeUndefined()
  })

  it('accepts only asymmetric algorithms among those the document lists', () => {
    const listed = { ...document, id_token_signing_alg_values_supported: ['none', 'HS256', 'EdDSA', 'ES256'] }
    expect(unresolved().resolve(listed).oidc?.algorithms).toEqual(['ES256', 'EdDSA'])
  })

  it.each([
    [
      { issuer: 'https://idp.example.com/' },
      'is not the issuer in the discovery document, which is "https://idp.example.com/"',
    ],
    [
      { issuer: undefined },
      'has no usable discovery document at https://idp.example.com/.well-known/openid-configuration',
    ],
    [{ jwks_uri: undefined }, 'has a discovery document without the endpoints of a login'],
    [{ token_endpoint: 'http://idp.example.com/token' }, unusable('token_endpoint')],
    [{ token_endpoint: '/token' }, unusable('token_endpoint')],
    [{ authorization_endpoint: 'javascript:alert(1)' }, unusable('authorization_endpoint')],
    [{ authorization_endpoint: 'https://login.example.com/authorize#' }, unusable('authorization_endpoint')],
    [{ jwks_uri: 'https://user:word@keys.example.com/' }, unusable('jwks_uri')],
    [{ revocation_endpoint: 'http://login.example.com/revoke' }, unusable('revocation_endpoint')],
    [{ jwks_uri: '' }, 'has a discovery document without the endpoints of a login'],
    [
      { id_token_signing_alg_values_supported: ['HS256'] },
      'signs ID tokens with a shared secret or not at all',
    ],
  ])('IDP-07 is refused when the document has %j', (change, problem) => {
    expect(sentences(() => unresolved().resolve(document))).toEqual([])
    expect(sentences(() => unresolved().resolve({ ...document, ...change }))).toContain(problem)
  })

  it('IDP-07 names the issuer as it was stated, every member that is wrong and the option that replaces it', () => {
    const wrong = { ...document, token_endpoint: 'http://login.example.com/token', jwks_uri: '/jwks' }
    const stated = unresolved({
      issuer: undefined,
      oidc: { issuer: 'https://idp.example.com' },
      discovery: true,
    })
    expect(() => stated.resolve(wrong)).toThrow(
      [
        'OpenID Connect is misconfigured:',
        `- oidc.issuer ${unusable('token_endpoint')}. Have it corrected at the provider, or state browserLogin.tokenUrl.`,
        `- oidc.issuer ${unusable('jwks_uri')}. Have it corrected at the provider, or state oidc.jwksUrl.`,
      ].join('\n'),
    )
    expect(stated.resolve(document).issuer).toBe('https://idp.example.com')
  })

  const fixtures = new URL('fixtures/', import.meta.url)
  it.each(readdirSync(fixtures))('is completed by the published document %s, to the byte', (file) => {
    const recorded = JSON.parse(readFileSync(new URL(file, fixtures), 'utf8')) as {
      options: object
      document: Record<string, unknown>
    }
    const provider = unresolved(recorded.options).resolve(recorded.document)
    expect([
      provider.oidc?.issuer,
      provider.oidc?.jwksUrl,
      provider.browserLogin.url,
      provider.browserLogin.tokenUrl,
    ]).toEqual(
      ['issuer', 'jwks_uri', 'authorization_endpoint', 'token_endpoint'].map(
        (member) => recorded.document[member],
      ),
    )
  })
})
