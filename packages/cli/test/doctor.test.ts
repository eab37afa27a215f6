import { createAuthorizationServer, createProviderProbe } from '@portico/core'
import { oidc } from '@portico/oidc'
import type { IdentityProvider } from '@portico/provider'
import { createSafeFetch } from '@portico/safe-fetch'
import { memoryStorage } from '@portico/storage'
import {
  createClock,
  createScriptedIdp,
  type ScriptedIdp,
  type ScriptedIdpOptions,
} from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { diagnoseProvider } from '../src/doctor/diagnose-provider.ts'
import type { Finding } from '../src/doctor/finding.ts'

const redirectUri = 'https://mcp.example.com/oauth/callback'
const client = { clientId: 'portico', clientSecret: 'wJ8vT2nQx5LrB7kYp3ZsHd9M', redirectUris: [redirectUri] }

interface Changes {
  readonly idp?: ScriptedIdpOptions
  /** Options of the provider package. */
  readonly options?: object
  /** Members of the configured provider. */
  readonly provider?: Partial<IdentityProvider>
  /** What is wrong with the provider. */
  readonly bend?: (idp: ScriptedIdp) => void
  /** Seconds that this machine's clock is ahead. */
  readonly ahead?: number
}

/** What doctor says of a scripted provider that is, or is configured, wrong in one way. */
async function diagnose({ idp: idpOptions, options, provider: members, bend, ahead = 0 }: Changes = {}) {
  const clock = createClock(1_800_000_000_000)
  const idp = createScriptedIdp({ clients: [client], clock, ...idpOptions })
  idp.signInAs(undefined)
  idp.bend('discovery', (answer) => {
    answer.headers.set('date', new Date(clock.now()).toUTCString())
    return answer
  })
  bend?.(idp)
  const configured = oidc.create({
    oidc: { issuer: 'https://idp.example', jwksUrl: 'https://idp.example/jwks' },
    browserLogin: { url: 'https://idp.example/authorize', tokenUrl: 'https://idp.example/token' },
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    ...options,
  })
  if ('resolve' in configured) throw new Error('the endpoints are stated')
  const provider = { ...configured, ...members }
  const now = () => clock.seconds() + ahead
  // No machine is so busy that it would be taken for a provider that does not answer.
  const fetch = createSafeFetch({ fetch: (url, init) => idp.fetch(url, init), timeoutMs: 60_000 })
  const { context } = createAuthorizationServer({
    publicUrl: 'https://mcp.example.com',
    providers: provider,
    resources: [{ path: '/mcp', name: 'MCP' }],
    storage: memoryStorage(),
    keys: ['7M0bfNUv2OqtzQUAf1Oahf9PCzEQnBZcwYjRJdWAeEc'],
    fetch,
    now,
  })
  const findings = await diagnoseProvider({
    provider,
    probe: createProviderProbe(context, provider),
    fetch,
    open: (url) => idp.fetch(url, { redirect: 'manual' }),
    now,
  })
  return { idp, findings, wrong: findings.filter(({ status }) => status !== 'ok') }
}

const json =
  (change: (document: Record<string, unknown>) => Record<string, unknown>) => (idp: ScriptedIdp) => {
    idp.bendJson('discovery', change)
  }

const page = (text: string, status = 200) =>
  new Response(text, { status, headers: { 'content-type': 'text/html' } })

describe('a provider with which all is well', () => {
  it('has no finding but that', async () => {
    const { findings, wrong } = await diagnose()
    expect(wrong).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual([
      'discovery',
      'issuer',
      'jwks_uri',
      'authorization_endpoint',
      'token_endpoint',
      'signing_algorithms',
      'client_authentication',
      'keys',
      'redirect_uri',
      'client_credentials',
      'clock',
    ])
  })

  it('is asked without a user, and nothing is redeemed', async () => {
    const { idp } = await diagnose()
    const asked = idp.requests.map(({ endpoint, parameters }) => [endpoint, parameters.get('prompt')])
    expect(asked).toContainEqual(['authorization', 'none'])
    const token = idp.requests.find(({ endpoint }) => endpoint === 'token')
    expect(token?.parameters.get('code')).toMatch(/^portico-doctor-/)
  })

  it.each<[string, Changes]>([
    ['answers with a code, because somebody is signed in', { bend: (idp) => idp.signInAs({ sub: 'ada' }) }],
    ['answers by a form', { bend: (idp) => idp.answerBy('form_post') }],
    [
      'shows its login page',
      { bend: (idp) => void idp.bend('authorization', () => page('<form>Password</form>')) },
    ],
    [
      'redirects to its login page',
      {
        bend: (idp) =>
          void idp.bend(
            'authorization',
            () => new Response(null, { status: 302, headers: { location: '/login?x=1' } }),
          ),
      },
    ],
    [
      'does not say when it answers',
      {
        bend: (idp) =>
          void idp.bend('discovery', (answer) => {
            answer.headers.delete('date')
            return answer
          }),
      },
    ],
    [
      'is asked inside a private network and publishes its public addresses',
      {
        idp: { sendsIss: false },
        bend: json((document) => ({
          ...document,
          issuer: 'https://sso.example',
          authorization_endpoint: 'https://sso.example/authorize',
          token_endpoint: 'https://sso.example/token',
        })),
        provider: {
          oidc: {
            issuer: 'https://sso.example',
            jwksUrl: 'https://idp.example/jwks',
            discoveryUrl: 'https://idp.example/.well-known/openid-configuration',
          },
        },
      },
    ],
    [
      'has accepted issuers besides',
      {
        bend: json((document) => ({ ...document, issuer: 'idp.example' })),
        provider: {
          oidc: {
            issuer: 'https://idp.example',
            jwksUrl: 'https://idp.example/jwks',
            acceptedIssuers: ['idp.example'],
          },
        },
      },
    ],
    [
      'says nothing of PKCE',
      { bend: json((document) => ({ ...document, code_challenge_methods_supported: undefined })) },
    ],
  ])('may be one that %s', async (_kind, changes) => {
    expect((await diagnose(changes)).wrong).toEqual([])
  })
})

describe('a provider that is wrong', () => {
  const error =
    (code: string, description = 'the reason') =>
    (idp: ScriptedIdp) =>
      void idp.bendCallback(() => new URLSearchParams({ error: code, error_description: description }))

  it.each<[string, Changes, Partial<Finding>[]]>([
    [
      'has no discovery document',
      { bend: (idp) => void idp.bend('discovery', () => new Response('', { status: 404 })) },
      [
        {
          check: 'discovery',
          status: 'problem',
          message: 'https://idp.example/.well-known/openid-configuration answered 404.',
        },
      ],
    ],
    [
      'answers discovery with a page',
      { bend: (idp) => void idp.bend('discovery', () => page('<h1>Hello</h1>')) },
      [
        {
          check: 'discovery',
          status: 'problem',
          message: expect.stringContaining('did not answer with JSON'),
        },
      ],
    ],
    [
      'answers discovery with a list',
      { bend: (idp) => void idp.bend('discovery', () => Response.json([])) },
      [
        {
          check: 'discovery',
          status: 'problem',
          message: expect.stringContaining('did not answer with a JSON object'),
        },
      ],
    ],
    [
      'cannot be reached for discovery',
      {
        bend: (idp) =>
          void idp.bend('discovery', () => Promise.reject(new TypeError('connect ECONNREFUSED'))),
      },
      [{ check: 'discovery', status: 'problem', message: expect.stringContaining('could not be fetched') }],
    ],
    [
      'redirects discovery elsewhere',
      { bend: (idp) => void idp.bend('discovery', () => Response.redirect('https://elsewhere.example')) },
      [{ check: 'discovery', status: 'problem', message: expect.stringContaining('redirect') }],
    ],
    [
      'has an issuer with a slash at its end',
      { bend: json((document) => ({ ...document, issuer: 'https://idp.example/' })) },
      [
        {
          check: 'issuer',
          status: 'problem',
          message: expect.stringContaining('the published one ends with "/"'),
        },
      ],
    ],
    [
      'has another issuer',
      { bend: json((document) => ({ ...document, issuer: 'https://idp.example/tenant' })) },
      [
        {
          check: 'issuer',
          status: 'problem',
          message: expect.stringContaining(
            'they differ from character 20 on: ours continues with its end, theirs with "/tenant"',
          ),
        },
      ],
    ],
    [
      'publishes no issuer',
      { bend: json((document) => ({ ...document, issuer: undefined })) },
      [{ check: 'issuer', status: 'problem', message: expect.stringContaining('publishes no issuer') }],
    ],
    [
      'has another key set',
      { bend: json((document) => ({ ...document, jwks_uri: 'https://idp.example/keys' })) },
      [{ check: 'jwks_uri', status: 'problem', message: expect.stringContaining('theirs with "keys"') }],
    ],
    [
      'has another authorization endpoint',
      { bend: json((document) => ({ ...document, authorization_endpoint: 'https://idp.example/auth' })) },
      [{ check: 'authorization_endpoint', status: 'problem' }],
    ],
    [
      'has another token endpoint',
      { bend: json((document) => ({ ...document, token_endpoint: 'https://idp.example/oauth/token' })) },
      [{ check: 'token_endpoint', status: 'problem' }],
    ],
    [
      'publishes no token endpoint',
      { bend: json((document) => ({ ...document, token_endpoint: undefined })) },
      [
        {
          check: 'token_endpoint',
          status: 'problem',
          message: expect.stringContaining('publishes no token_endpoint'),
        },
      ],
    ],
    [
      'has another userinfo endpoint, which not every login needs',
      {
        provider: {
          oidc: {
            issuer: 'https://idp.example',
            jwksUrl: 'https://idp.example/jwks',
            userinfoUrl: 'https://idp.example/me',
          },
        },
      },
      [{ check: 'userinfo_endpoint', status: 'warning' }],
    ],
    [
      'ends sessions and revokes tokens elsewhere',
      {
        bend: json((document) => ({
          ...document,
          end_session_endpoint: 'https://idp.example/logout',
          revocation_endpoint: 'https://idp.example/oauth/revoke',
        })),
        provider: {
          oidc: {
            issuer: 'https://idp.example',
            jwksUrl: 'https://idp.example/jwks',
            endSessionUrl: 'https://idp.example/session/end',
            revocationUrl: 'https://idp.example/revoke',
          },
        },
      },
      [
        {
          check: 'end_session_endpoint',
          status: 'warning',
          message: expect.stringContaining('theirs with "logout"'),
        },
        {
          check: 'revocation_endpoint',
          status: 'warning',
          message: expect.stringContaining('theirs with "oauth/revoke"'),
        },
      ],
    ],
    [
      'signs with another algorithm',
      {
        idp: { clients: [client], algorithm: 'ES384' },
        options: { idTokenSigningAlgs: ['RS256'] },
      },
      [
        { check: 'signing_algorithms', status: 'problem', remedy: 'Set idTokenSigningAlgs to ["ES384"].' },
        { check: 'keys', status: 'problem', message: expect.stringContaining('EC P-384') },
      ],
    ],
    [
      'signs with the client secret',
      {
        bend: (idp) => {
          idp.bendJson('discovery', (document) => ({
            ...document,
            id_token_signing_alg_values_supported: ['HS256'],
          }))
          idp.bendJson('jwks', () => ({ keys: [] }))
        },
      },
      [
        { check: 'signing_algorithms', status: 'problem', remedy: expect.stringContaining('signing key') },
        { check: 'keys', status: 'problem', message: 'https://idp.example/jwks has no keys.' },
      ],
    ],
    [
      'takes another client authentication',
      {
        bend: json((document) => ({
          ...document,
          token_endpoint_auth_methods_supported: ['tls_client_auth', 'client_secret_basic'],
        })),
      },
      [
        {
          check: 'client_authentication',
          status: 'problem',
          remedy: expect.stringContaining('Set tokenEndpointAuthMethod to "client_secret_basic"'),
        },
      ],
    ],
    [
      'takes no client authentication that Portico has',
      {
        bend: json((document) => ({
          ...document,
          token_endpoint_auth_methods_supported: ['tls_client_auth'],
        })),
      },
      [
        {
          check: 'client_authentication',
          status: 'problem',
          remedy:
            'None of them is supported by Portico: allow client_secret_basic for the application "portico" at OpenID Connect.',
        },
      ],
    ],
    [
      'publishes response modes without the one that is asked for',
      {
        bend: json((document) => ({ ...document, response_modes_supported: ['query', 'fragment'] })),
        provider: {
          browserLogin: {
            url: 'https://idp.example/authorize',
            tokenUrl: 'https://idp.example/token',
            responseMode: 'form_post',
          },
        },
      },
      [{ check: 'response_mode', status: 'warning', message: expect.stringContaining('query, fragment') }],
    ],
    [
      'publishes PKCE without S256',
      { bend: json((document) => ({ ...document, code_challenge_methods_supported: ['plain'] })) },
      [{ check: 'pkce', status: 'warning', message: expect.stringContaining('plain') }],
    ],
    [
      'could do PKCE, but it is switched off',
      { options: { browserLoginOverrides: { pkce: 'none' } } },
      [{ check: 'pkce', status: 'warning', remedy: 'Remove browserLoginOverrides.pkce.' }],
    ],
    [
      'does not know a scope',
      { options: { scope: 'openid groups' } },
      [{ check: 'scopes', status: 'warning', message: expect.stringContaining('groups') }],
    ],
    [
      'has no key set',
      { bend: (idp) => void idp.bend('jwks', () => new Response('', { status: 500 })) },
      [{ check: 'keys', status: 'problem', message: 'https://idp.example/jwks answered 500.' }],
    ],
    [
      'has keys for encryption alone',
      {
        bend: (idp) =>
          void idp.bendJson('jwks', ({ keys }) => ({
            keys: (keys as object[]).map((key) => ({ ...key, use: 'enc' })),
          })),
      },
      [
        {
          check: 'keys',
          status: 'problem',
          message: expect.stringContaining('keys of the types RSA, none of which fits RS256'),
        },
      ],
    ],
    [
      'does not know the redirect URI',
      { idp: { clients: [{ ...client, redirectUris: ['https://mcp.example.com/callback'] }] } },
      [
        {
          check: 'redirect_uri',
          status: 'problem',
          remedy: expect.stringContaining(`The callback address is ${redirectUri}.`),
        },
      ],
    ],
    [
      'does not know the client',
      { options: { clientId: 'other' } },
      [
        { check: 'redirect_uri', status: 'problem', message: expect.stringContaining('status 400') },
        {
          check: 'client_credentials',
          status: 'problem',
          message: expect.stringContaining('invalid_client'),
        },
      ],
    ],
    [
      'says on a page of its own that it does not know the client',
      { bend: (idp) => void idp.bend('authorization', () => page('error=invalid_client', 401)) },
      [{ check: 'redirect_uri', status: 'problem', remedy: expect.stringContaining('check clientId') }],
    ],
    [
      'shows its refusal under status 200',
      { bend: (idp) => void idp.bend('authorization', () => page('<p>AADSTS50011: The redirect URI …</p>')) },
      [{ check: 'redirect_uri', status: 'problem', message: expect.stringContaining('AADSTS50011') }],
    ],
    [
      'redirects to a refusal',
      {
        bend: (idp) =>
          void idp.bend('authorization', () =>
            Response.redirect('https://idp.example/error?error=redirect_uri_mismatch'),
          ),
      },
      [
        {
          check: 'redirect_uri',
          status: 'problem',
          message: expect.stringContaining('redirect_uri_mismatch'),
        },
      ],
    ],
    [
      'does not allow the code grant',
      { bend: error('unauthorized_client') },
      [
        {
          check: 'redirect_uri',
          status: 'problem',
          message: expect.stringContaining('"unauthorized_client": "the reason"'),
        },
        { message: expect.stringContaining('"state"') },
      ],
    ],
    [
      'is down',
      { bend: (idp) => void idp.bend('authorization', () => new Response('', { status: 503 })) },
      [{ check: 'redirect_uri', status: 'warning', message: expect.stringContaining('503') }],
    ],
    [
      'cannot be reached by the browser',
      {
        bend: (idp) =>
          void idp.bend('authorization', () => Promise.reject(new TypeError('connect ECONNREFUSED'))),
      },
      [{ check: 'redirect_uri', status: 'problem', message: expect.stringContaining('ECONNREFUSED') }],
    ],
    [
      'answers with another issuer',
      {
        bend: (idp) =>
          void idp.bendCallback((parameters) => {
            parameters.set('iss', 'https://other.example')
            return parameters
          }),
      },
      [
        {
          check: 'response_iss',
          status: 'problem',
          message: expect.stringContaining('"https://other.example"'),
        },
      ],
    ],
    [
      'should always send an issuer, and does not',
      {
        idp: { clients: [client], sendsIss: false },
        provider: {
          browserLogin: {
            url: 'https://idp.example/authorize',
            tokenUrl: 'https://idp.example/token',
            responseIss: 'required',
          },
        },
      },
      [
        { check: 'response_iss', status: 'problem' },
        { check: 'response_iss', status: 'problem' },
      ],
    ],
    [
      'has another client secret',
      { options: { clientSecret: 'another-secret-of-the-application' } },
      [
        {
          check: 'client_credentials',
          status: 'problem',
          remedy: expect.stringContaining('check clientId and clientSecret'),
        },
      ],
    ],
    [
      'wants the secret in another place',
      { idp: { clients: [{ ...client, authMethods: ['client_secret_basic'] }] } },
      [
        {
          check: 'client_credentials',
          status: 'problem',
          remedy: expect.stringContaining('accepts client_secret_post'),
        },
      ],
    ],
    [
      'has a token endpoint that is down',
      { bend: (idp) => void idp.bend('token', () => new Response('', { status: 502 })) },
      [{ check: 'client_credentials', status: 'warning', message: expect.stringContaining('502') }],
    ],
    [
      'has a token endpoint that cannot be reached',
      { bend: (idp) => void idp.bend('token', () => Promise.reject(new TypeError('connect ECONNREFUSED'))) },
      [
        {
          check: 'client_credentials',
          status: 'problem',
          message: expect.stringContaining('cannot be reached'),
        },
      ],
    ],
    [
      'answers a token request with something else',
      { bend: (idp) => void idp.bend('token', () => page('<h1>Hello</h1>')) },
      [{ check: 'client_credentials', status: 'warning', message: expect.stringContaining('does not show') }],
    ],
    [
      'has a clock far behind',
      { ahead: 61 },
      [{ check: 'clock', status: 'problem', message: expect.stringContaining('61 seconds ahead of') }],
    ],
    [
      'has a clock far ahead',
      { ahead: -61 },
      [{ check: 'clock', status: 'problem', message: expect.stringContaining('61 seconds behind') }],
    ],
    ['has a clock somewhat behind', { ahead: 45 }, [{ check: 'clock', status: 'warning' }]],
  ])('is found out when it %s', async (_fault, changes, expected) => {
    const { wrong } = await diagnose(changes)
    expect(wrong).toEqual(expected.map((finding) => expect.objectContaining(finding)))
    expect(wrong.filter(({ remedy = '' }) => remedy === '')).toEqual([])
  })

  it('is explained in the words of its package', async () => {
    const explain = () => 'Do this in the console.'
    const { wrong } = await diagnose({
      provider: { explain },
      options: { clientSecret: 'another-secret-of-the-application' },
    })
    expect(wrong).toMatchObject([{ check: 'client_credentials', remedy: 'Do this in the console.' }])
  })

  it('never leads to a secret in a message', async () => {
    const { findings } = await diagnose({ options: { clientSecret: 'another-secret-of-the-application' } })
    expect(JSON.stringify(findings)).not.toContain('another-secret')
  })
})
