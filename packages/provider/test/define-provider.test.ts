import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ConfigError } from '../src/index.ts'
import { acme, acmeOptions, sentencesOf } from './acme.ts'

const pem = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----\n'

describe('a provider factory', () => {
  it('carries what is known about the package', () => {
    expect({ ...acme, name: acme.name }).toMatchObject({
      id: 'acme',
      name: 'Acme',
      kind: 'oidc',
      policyType: 'mcp-acme-oauth-inbound',
    })
    expect(Object.keys(Object(acme.jsonSchema.properties))).toEqual(
      expect.arrayContaining(['acmeEndpoint', 'clientId', 'gateway', 'idJag', 'signIn']),
    )
    expect(acme.jsonSchema).toMatchObject({
      additionalProperties: false,
      required: ['acmeEndpoint', 'clientId'],
      properties: {
        acmeEndpoint: {
          type: 'string',
          description: 'Address of the server, e.g. `https://id.acme.example`.',
        },
      },
    })
  })

  it('builds a provider with the defaults of the reference, PKCE and RS256', () => {
    expect(acme(acmeOptions)).toMatchObject({
      type: 'acme',
      id: 'acme',
      name: 'Acme',
      kind: 'oidc',
      issuer: 'https://id.acme.example',
      client: { id: 'portico', secret: 'correct-horse-battery', authMethod: 'client_secret_post' },
      scope: 'openid profile email',
      settings: {
        remoteTimeoutMs: 10_000,
        stateTtlSeconds: 900,
        sessionTtlSeconds: undefined,
        clockToleranceSeconds: 60,
      },
      oidc: { algorithms: ['RS256'] },
    })
    expect(acme(acmeOptions).browserLogin).not.toHaveProperty('pkce')
  })

  it('applies the options that all providers share', () => {
    const provider = acme({
      ...acmeOptions,
      scope: 'openid groups',
      displayName: 'Staff',
      providerId: 'staff',
      gateway: { accessTokenTtlSeconds: 60 },
      browserLoginOverrides: { remoteTimeoutMs: 1, stateTtlSeconds: 2, sessionTtlSeconds: 3, pkce: 'none' },
      extraAuthorizationParams: { login_hint: 'me' },
      idTokenSigningAlgs: ['ES384'],
      clockToleranceSeconds: 0,
      allowedIdTokenClaims: { department: ['it', 'hr'] },
      signIn: { allowedDomains: ['acme.example'], requireVerifiedEmail: true },
      idJag: { enabled: true, trustedIssuers: [{ expectedClientIds: ['agent'] }] },
    })
    expect(provider).toMatchObject({
      id: 'staff',
      type: 'acme',
      name: 'Staff',
      scope: 'openid groups',
      gateway: { accessTokenTtlSeconds: 60 },
      settings: { remoteTimeoutMs: 1, stateTtlSeconds: 2, sessionTtlSeconds: 3, clockToleranceSeconds: 0 },
      browserLogin: { pkce: 'none', parameters: { login_hint: 'me', ui: 'plain' } },
      oidc: { algorithms: ['ES384'], requiredClaims: { department: ['it', 'hr'], plan: 'any' } },
      signIn: { allowedDomains: ['acme.example'], requireVerifiedEmail: true },
      idJag: { enabled: true, trustedIssuers: [{ expectedClientIds: ['agent'] }] },
    })
    expect(provider.warnings).toEqual([
      'PKCE is switched off: an intercepted code could be redeemed by somebody else.',
    ])
  })

  it('signs its requests when it is given a key in place of a secret', () => {
    const provider = acme({
      acmeEndpoint: acmeOptions.acmeEndpoint,
      clientId: 'portico',
      privateKey: { privateKeyPem: pem, algorithm: 'ES256' },
    })
    expect(provider.client).toEqual({
      id: 'portico',
      authMethod: 'private_key_jwt',
      privateKey: { privateKeyPem: pem, algorithm: 'ES256' },
    })
  })

  it('leaves the options it was given alone', () => {
    const options = Object.freeze({
      ...acmeOptions,
      signIn: Object.freeze({ allowedDomains: Object.freeze(['acme.example']) }),
    })
    expect(() => acme.create(options)).not.toThrow()
  })

  it('explains an error by the provider’s own table before the general one', () => {
    const provider = acme(acmeOptions)
    expect(provider.explain({ stage: 'authorize', code: 'account_locked' })).toBe('Unlock the account.')
    expect(
      provider.explain({ stage: 'authorize', code: 'access_denied', description: 'User is not assigned.' }),
    ).toBe('Assign the user.')
    expect(provider.explain({ stage: 'token', code: 'invalid_client' })).toContain(
      'accepts client_secret_post',
    )
    expect(
      provider.explain({ stage: 'authorize', code: 'invalid_request', description: 'Bad redirect_uri' }),
    ).toContain('callback address')
    expect(provider.explain({ stage: 'authorize', code: 'access_denied' })).toBeUndefined()
  })
})

describe('the derivation alone', () => {
  it('needs no credentials and accepts loopback', () => {
    expect(acme.derive({ acmeEndpoint: 'http://localhost:8080', tenant: 'my team' })).toEqual({
      oidc: {
        issuer: 'http://localhost:8080/my%20team',
        jwksUrl: 'http://localhost:8080/my%20team/keys',
        algorithms: ['RS256'],
        requiredClaims: { plan: 'any' },
      },
      browserLogin: {
        url: 'http://localhost:8080/my%20team/authorize',
        tokenUrl: 'http://localhost:8080/my%20team/token',
        parameters: { ui: 'plain' },
      },
      scope: 'openid profile email',
    })
  })

  it('is plain data without the secret', () => {
    const derived = acme.derive(acmeOptions)
    expect(structuredClone(derived)).toEqual(derived)
    expect(JSON.stringify(derived)).not.toContain(acmeOptions.clientSecret)
  })

  it('is as strict as the factory about everything else', () => {
    expect(
      sentencesOf(() => acme.derive({ acmeEndpoint: 'https://id.acme.example/', plna: 'free' })),
    ).toEqual([
      'acmeEndpoint must be the bare origin: remove the trailing "/". Use "https://id.acme.example".',
      'plna is an unknown option. Did you mean "plan"?',
    ])
  })
})

describe('wrong options', () => {
  it('are all named at once, in one message', () => {
    const build = () =>
      acme.create({
        acmeEndpoint: 'https://id.acme.example/x',
        clientSecret: '$env(SECRET)',
        Scope: 'openid',
      })
    expect(build).toThrow(ConfigError)
    expect(build).toThrow(
      [
        'Acme is misconfigured:',
        '- acmeEndpoint must be the bare origin: remove "/x". Use "https://id.acme.example".',
        '- clientSecret still contains a placeholder: the environment variable SECRET was not resolved. Set SECRET where Portico starts.',
        '- Scope is an unknown option. Did you mean "scope"?',
        '- clientId is missing. Set the client id of the application registered at the provider.',
      ].join('\n'),
    )
  })

  it.each<[Record<string, unknown>, string]>([
    [
      { acmeEndpoint: undefined },
      'acmeEndpoint is missing. Set it: Address of the server, e.g. `https://id.acme.example`.',
    ],
    [{ acmeEndpoint: 7 }, 'acmeEndpoint must be a string, not a number. Put it in quotes.'],
    [
      { acmeEndpoint: null },
      'acmeEndpoint must be a string, not null. Expected: Address of the server, e.g. `https://id.acme.example`.',
    ],
    [
      { acmeEndpoint: ['https://id.acme.example'] },
      'acmeEndpoint must be a string, not a list. Expected: Address of the server, e.g. `https://id.acme.example`.',
    ],
    [
      { clientSecret: undefined },
      'clientSecret is missing. Set the client secret of the application, best from the environment. A single-page or native application has none: create one for a web server.',
    ],
    [
      { clientSecret: 'portico' },
      'clientSecret is the same value as clientId. Copy the secret of the application, not its id, again.',
    ],
    [{ plan: 'Enterprise' }, 'plan must be one of "free", "enterprise". Use "enterprise".'],
    [{ plan: 'gold' }, 'plan must be one of "free", "enterprise".'],
    [
      { plan: 'free', tenant: 'x' },
      'tenant is not part of the free plan. Remove it, or set plan to "enterprise".',
    ],
    [{ issuer: 'https://id.acme.example' }, 'issuer is an unknown option. Did you mean "acmeEndpoint"?'],
    [{ client_id: 'x' }, 'client_id is an unknown option. Did you mean "clientId"?'],
    [{ scopes: 'openid' }, 'scopes is an unknown option. Did you mean "scope"?'],
    [
      { redirectUri: 'https://a.example' },
      'redirectUri is an unknown option. The callback is always /oauth/callback below the public URL: register it at the provider.',
    ],
    [{ gateway: { accessTokenTtlSeconds: 0 } }, 'gateway.accessTokenTtlSeconds must be at least 1.'],
    [{ gateway: { accessTokenTtlSeconds: 1.5 } }, 'gateway.accessTokenTtlSeconds must be a whole number.'],
    [
      { gateway: { accessTokenTtl: 900 } },
      'gateway.accessTokenTtl is an unknown option. Did you mean "accessTokenTtlSeconds"?',
    ],
    [{ clockToleranceSeconds: 301 }, 'clockToleranceSeconds must be at most 300.'],
    [
      { signIn: { allowedDomains: ['https://acme.example'] } },
      'signIn.allowedDomains[0] must be a bare host name: remove "https://". Use "acme.example".',
    ],
    [{ signIn: { allowedDomains: [] } }, 'signIn.allowedDomains must not be an empty list.'],
    [
      { extraAuthorizationParams: { state: 'x' } },
      'extraAuthorizationParams.state belongs to the protocol and is set by Portico. Remove it.',
    ],
    [
      { extraAuthorizationParams: { prompt: 'none login' } },
      'extraAuthorizationParams.prompt combines "none" with other values. Keep one of the two.',
    ],
    [
      { extraAuthorizationParams: { ui: 'x' } },
      'extraAuthorizationParams.ui is set by the provider itself. Remove it.',
    ],
    [
      { extraAuthorizationParams: { prompt: 7 } },
      'extraAuthorizationParams.prompt must be a string, not a number. Put it in quotes.',
    ],
    [
      { allowedIdTokenClaims: { plan: 'x' } },
      'allowedIdTokenClaims.plan is already fixed by another option. Remove it.',
    ],
    [
      { idTokenSigningAlgs: ['HS256'] },
      'idTokenSigningAlgs[0] must be an asymmetric signature algorithm such as "RS256" or "ES384". With "none" and HS* whoever knows the client secret, or nobody, signs: set a signing key at the provider.',
    ],
    [
      { idTokenSigningAlgs: ['none'] },
      'idTokenSigningAlgs[0] must be an asymmetric signature algorithm such as "RS256" or "ES384". With "none" and HS* whoever knows the client secret, or nobody, signs: set a signing key at the provider.',
    ],
    [
      { useUserinfo: 'always' },
      'useUserinfo cannot be used: this provider has no userinfo endpoint. Remove it.',
    ],
    [
      { tokenEndpointAuthMethod: 'none' },
      'tokenEndpointAuthMethod is not a method this provider knows. Use "client_secret_post" or "client_secret_basic" or "private_key_jwt".',
    ],
    [
      { tokenEndpointAuthMethod: 'private_key_jwt' },
      'privateKey is missing: "private_key_jwt" signs with it. Set privateKey.privateKeyPem and privateKey.algorithm.',
    ],
    [
      { privateKey: { privateKeyPem: pem.replaceAll('PRIVATE', 'RSA PRIVATE'), algorithm: 'RS256' } },
      'privateKey.privateKeyPem must be in PKCS#8 form. Convert it: openssl pkcs8 -topk8 -nocrypt -in key.pem.',
    ],
    [
      {
        privateKey: {
          privateKeyPem: pem.replaceAll('PRIVATE', 'PUBLIC').replaceAll('PUBLIC KEY', 'PUBLIC KEY'),
          algorithm: 'RS256',
        },
      },
      'privateKey.privateKeyPem must be the private key, not the public half. Expected: Private key in PEM (PKCS#8).',
    ],
    [
      { privateKey: { privateKeyPem: 'MIGHAgEAMBMG', algorithm: 'RS256' } },
      'privateKey.privateKeyPem must be a private key in PEM, from "-----BEGIN PRIVATE KEY-----" to "-----END PRIVATE KEY-----". Expected: Private key in PEM (PKCS#8).',
    ],
    [
      { idJag: { enabled: true, trustedIssuers: [{ issuer: 'https://a.example' }] } },
      'idJag.trustedIssuers[0] needs "issuer" and "jwksUrl" together, or neither. Without both it is the login provider itself.',
    ],
    [{ idJag: {} }, 'idJag.enabled is missing. Set it: Whether assertions are accepted.'],
    [
      { idJag: { enabled: true } },
      'idJag.trustedIssuers is missing. Name the clients that may present assertions, as in [{ "expectedClientIds": ["agent"] }].',
    ],
    [
      {
        idJag: {
          enabled: true,
          trustedIssuers: [{ expectedClientIds: ['a'], subjectMapping: 'sub_id_only' }],
        },
      },
      'idJag.trustedIssuers[0].subjectMapping must be "iss_prefix", or left out. An account is issuer and subject, as after a sign-in, so that no two people share one.',
    ],
    [
      { providerId: 'Staff' },
      'providerId must consist of lower-case letters, digits and "-". Expected: Distinguishes several providers of the same type; part of the callback path then.',
    ],
    [
      { ['__proto__x']: 1 },
      expect.stringContaining('__proto__x is an unknown option. Known options: acmeEndpoint,') as string,
    ],
  ])('%j is refused', (override, sentence) => {
    expect(sentencesOf(() => acme.create({ ...acmeOptions, ...override }))).toEqual([sentence])
  })

  it.each([undefined, null, 'https://id.acme.example', [acmeOptions]])(
    '%j is no options object',
    (options) => {
      expect(sentencesOf(() => acme.create(options))).toContainEqual(
        expect.stringMatching(
          /^options must be an object, not .*\. Pass the options by their names: `\{ acmeEndpoint: … \}`\.$/,
        ),
      )
    },
  )

  it('are refused on loopback outside development, and only there', () => {
    const options = { ...acmeOptions, acmeEndpoint: 'http://127.0.0.1:9001' }
    expect(sentencesOf(() => acme(options))).toEqual([
      'acmeEndpoint uses http on loopback, which is for development only. Use https, or keep the gateway on this machine too: without an https public URL, in code with development: true.',
    ])
    expect(acme(options, { development: true }).oidc?.jwksUrl).toBe('http://127.0.0.1:9001/keys')
  })

  it('are refused on loopback in the keys of assertion issuers too', () => {
    const trustedIssuers = [{ issuer: 'https://a.example', jwksUrl: 'http://localhost:1/keys' }]
    const options = { ...acmeOptions, idJag: { enabled: false, trustedIssuers } }
    expect(sentencesOf(() => acme(options))).toEqual([
      'idJag.trustedIssuers[0].jwksUrl uses http on loopback, which is for development only. Use https, or keep the gateway on this machine too: without an https public URL, in code with development: true.',
    ])
    expect(sentencesOf(() => acme(options, { development: true }))).toEqual([])
  })

  // Thousands of options take seconds on a busy machine.
  it(
    'never make the factory throw anything but a ConfigError, nor derive a URL that is not https',
    { timeout: 90_000 },
    () => {
      const value = fc.oneof(fc.string(), fc.jsonValue(), fc.webUrl(), fc.constant(undefined))
      const keys = [
        'acmeEndpoint',
        'tenant',
        'plan',
        'clientId',
        'signIn',
        'idJag',
        'gateway',
        'extraAuthorizationParams',
      ]
      const options = fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), value)
      fc.assert(
        fc.property(options, (override) => {
          const urls = derivedUrls({ ...acmeOptions, ...override })
          expect(urls.filter((url) => new URL(url).protocol !== 'https:')).toEqual([])
        }),
      )
    },
  )

  it('never show the secret, whatever else is wrong', () => {
    const secret = 'S3cr3t~value/with?odd#parts@everywhere'
    const mistakes: Record<string, unknown>[] = [
      { clientId: secret, clientSecret: secret },
      { clientSecret: ` ${secret}` },
      { clientSecret: `"${secret}"` },
      { clientSecret: `${secret}\n` },
      { acmeEndpoint: `https://user:${secret}@id.acme.example/` },
      { acmeEndpoint: secret.replace('@everywhere', '') },
      { plan: secret },
      { tenant: secret },
      { clientSecret: [secret] },
      { privateKey: { privateKeyPem: secret, algorithm: secret } },
    ]
    const sentences = mistakes.map((mistake) =>
      sentencesOf(() => acme.create({ ...acmeOptions, clientSecret: secret, ...mistake })),
    )
    expect(sentences.filter(({ length }) => length === 0)).toEqual([])
    expect(sentences.flat().join('\n')).not.toContain('S3cr3t')
  })
})

/** What the options lead to: nothing when they are refused. Any other error fails the test. */
function derivedUrls(options: Record<string, unknown>): readonly string[] {
  try {
    const { oidc, browserLogin } = acme.create(options)
    return [browserLogin.url, browserLogin.tokenUrl, oidc?.jwksUrl ?? '']
  } catch (error) {
    if (error instanceof ConfigError) return []
    throw error
  }
}
