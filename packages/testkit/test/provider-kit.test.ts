import {
  defineProvider,
  IdentityError,
  type IdentityProvider,
  pathSegment,
  standardClaims,
  standardIdentity,
} from '@portico/provider'
import {
  callbackVariants,
  idTokenVariants,
  signatureVariants,
  tokenAnswerVariants,
} from '@portico/test-peers'
import { exportPKCS8, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { describeProvider } from '../src/index.ts'
import { judgeLogins } from '../src/provider-checks/judge-logins.ts'
import { createLoginBench } from '../src/provider-checks/login-bench.ts'
import type { IdentityCase } from '../src/provider-checks/provider-case.ts'

const credentials = { clientId: 'portico', clientSecret: 'p0Zr3vQ8mKxT2wLs' }
const ada = { sub: 'ada', email: 'ada@example.com', email_verified: true }
const adaIdentity = { subject: 'ada', email: { address: 'ada@example.com', verified: true } }
const unknownRegion = 'region contains "/": it is one segment of a path. Give only the name, not encoded.'

const privateKeyPem = await exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey)

/** A provider whose facts are the rarest ones. */
const rare = defineProvider({
  id: 'rare',
  name: 'Rare',
  options: { region: pathSegment('Region, e.g. `eu`.') },
  derive: ({ region }) => ({
    oidc: {
      issuer: `https://rare.example/${region}/`,
      acceptedIssuers: [`rare.example/${region}`],
      jwksUrl: `https://keys.rare.example/${region}?purpose=sign`,
      userinfoUrl: 'https://api.rare.example/me',
      algorithms: ['EdDSA', 'ES512'],
      requiredClaims: { region, aal: ['aal2', 'aal3'] },
    },
    browserLogin: {
      url: `https://rare.example/${region}/authorize?entry=web`,
      tokenUrl: 'https://token.rare.example/',
      responseMode: 'form_post',
      responseIss: 'required',
      nonce: 'claim_nonce',
      pkce: 'none',
      parameters: { purpose: 'sign-in' },
    },
    clientAuthentication: { methods: ['private_key_jwt'] },
    userinfo: 'always',
  }),
})

describeProvider(rare, {
  options: {
    clientId: 'portico',
    region: 'eu',
    privateKey: { privateKeyPem, algorithm: 'ES256', keyId: 'k1' },
  },
  derives: [[{ region: 'eu' }, { 'oidc.issuer': 'https://rare.example/eu/' }]],
  refuses: [[{ region: 'e/u' }, unknownRegion]],
  identifies: [{ claims: ada, identity: adaIdentity }],
})

const tenants = defineProvider({
  id: 'tenants',
  name: 'Tenants',
  options: { region: pathSegment('Region, e.g. `eu`.') },
  derive: ({ region }) => ({
    oidc: {
      issuer: `https://tenants.example/${region}/{tid}`,
      issuerTemplate: {
        template: `https://tenants.example/${region}/{tid}`,
        claim: 'tid',
        allowed: ['acme'],
      },
      jwksUrl: `https://tenants.example/${region}/keys`,
    },
    browserLogin: {
      url: `https://tenants.example/${region}/authorize`,
      tokenUrl: `https://tenants.example/${region}/token`,
    },
    clientAuthentication: { methods: ['client_secret_basic'], basicEncoding: 'raw' },
  }),
})

describeProvider(tenants, {
  options: { region: 'eu', ...credentials },
  derives: [[{ region: 'eu' }, { 'oidc.jwksUrl': 'https://tenants.example/eu/keys' }]],
  refuses: [[{ region: 'e/u' }, unknownRegion]],
  identifies: [{ claims: { ...ada, tid: 'acme' }, identity: adaIdentity }],
})

/** No ID token: the identity is read from an API. */
const social = defineProvider({
  id: 'social',
  name: 'Social',
  kind: 'oauth2',
  scope: 'user',
  options: {},
  derive: () => ({
    issuer: 'https://social.example',
    browserLogin: {
      url: 'https://social.example/login/authorize',
      tokenUrl: 'https://social.example/login/token',
      nonce: 'absent',
    },
    clientAuthentication: { errorsWithStatus200: true },
  }),
  claims: z.object({}),
  identify: async (_claims, read) => {
    const user = await read('https://api.social.example/user', z.object({ id: z.int(), name: z.string() }))
    if (user.name === 'Bot') throw new IdentityError('sign_in_refused', 'Only people may sign in.')
    return { subject: String(user.id), name: user.name }
  },
})

describeProvider(social, {
  options: credentials,
  derives: [[{}, { 'oidc.issuer': 'https://social.example' }]],
  refuses: [],
  identifies: [
    {
      claims: {},
      answers: { 'https://api.social.example/user': { id: 7, name: 'Ada' } },
      identity: { subject: '7', name: 'Ada' },
    },
    {
      claims: {},
      answers: { 'https://api.social.example/user': { id: 8, name: 'Bot' } },
      refused: 'Only people may sign in',
    },
  ],
})

/** The token endpoint answers in a format of its own. */
const own = defineProvider({
  id: 'own',
  name: 'Own',
  kind: 'private',
  options: {},
  derive: () => ({
    oidc: { issuer: 'https://own.example', jwksUrl: 'https://own.example/keys' },
    browserLogin: {
      url: 'https://own.example/authorize',
      tokenUrl: 'https://own.example/authenticate',
      nonce: 'absent',
    },
    clientAuthentication: { methods: ['client_secret_post'], requestEncoding: 'json' },
  }),
  claims: z.object({ user: z.object({ id: z.string() }) }),
  identify: ({ user }) => ({ subject: user.id }),
})

describeProvider(own, {
  options: credentials,
  derives: [[{}, { 'oidc.issuer': 'https://own.example' }]],
  refuses: [],
  identifies: [
    { claims: { user: { id: 'user_01' } }, identity: { subject: 'user_01' } },
    { claims: { user: {} }, refused: 'user.id' },
  ],
})

describe('the kit', () => {
  const person: IdentityCase = { claims: ada, identity: adaIdentity }
  const plain = (identify: IdentityProvider['identify']): IdentityProvider => ({
    ...tenants({ region: 'eu', ...credentials }),
    oidc: { issuer: 'https://plain.example', jwksUrl: 'https://plain.example/keys' },
    issuer: 'https://plain.example',
    identify,
  })
  const trusting = plain(({ sub, email }) =>
    Promise.resolve({ subject: String(sub), email: { address: String(email), verified: true } }),
  )
  const careful = plain((claims) => Promise.resolve(standardIdentity(standardClaims.parse(claims))))

  it.each([
    ['the claims of ID tokens', idTokenVariants],
    ['signatures', signatureVariants],
    ['token answers', tokenAnswerVariants],
    ['callbacks', callbackVariants],
  ])('has nothing to say against a right provider about %s', async (_, variants) => {
    const subject = { provider: careful, person, bench: createLoginBench(careful) }
    const { ended, expected } = await judgeLogins(variants, subject)
    expect(ended).toEqual(expected)
    expect(new Set(Object.values(ended))).toEqual(new Set(['accepted', 'refused']))
  })

  it('notices a provider that calls every address verified', async () => {
    const subject = { provider: trusting, person, bench: createLoginBench(trusting) }
    const { ended, expected } = await judgeLogins(idTokenVariants, subject)
    const differing = Object.keys(ended).filter((title) => ended[title] !== expected[title])
    expect(differing).toContain('email_verified is false')
    expect(differing.every((title) => title.startsWith('email_verified is'))).toBe(true)
  })

  it('finds a secret in a message of the provider', async () => {
    const telling = plain(() => Promise.reject(new Error(`no access with ${credentials.clientSecret}`)))
    const bench = createLoginBench(telling)
    await bench.signIn(person)
    expect(bench.leaks().join('\n')).toContain('no access with (secret)')
    const silent = createLoginBench(careful)
    await silent.signIn(person)
    expect(silent.leaks()).toEqual([])
  })
})
