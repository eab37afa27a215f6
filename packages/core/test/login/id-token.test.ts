import {
  idTokenVariants,
  type LoginVariant,
  signatureVariants,
  tokenAnswerVariants,
} from '@portico/test-peers'
import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'

import { hostedUri, signInFlow, type Flow, type FlowOptions } from '../sign-in-flow.ts'

/** Signs in once more, by a client of its own, and tells how that ended. */
async function signIn(flow: Flow): Promise<'accepted' | 'refused'> {
  flow.browser.clearCookies()
  const page = await flow.browser.open((await flow.request()).url)
  return page.text.includes('wants to use Demo') ? 'accepted' : 'refused'
}

async function outcomeOf(variant: LoginVariant, options: FlowOptions = {}) {
  const flow = signInFlow(options)
  if (variant.afterLogin) await signIn(flow)
  await variant.apply(flow.idp)
  const outcome = await signIn(flow)
  return { flow, outcome, failure: flow.events.find(({ name }) => name === 'login.failed') }
}

describe('IDP-06 E09 an ID token', () => {
  it.each(idTokenVariants)('is judged rightly when $title: $outcome', async (variant) => {
    const { outcome, failure } = await outcomeOf(variant)
    expect(outcome).toBe(variant.outcome)
    expect(failure === undefined).toBe(outcome === 'accepted')
  })

  it.each(idTokenVariants.filter(({ emailVerified }) => emailVerified !== undefined))(
    'IDP-08 vouches for the address or not when $title',
    async (variant) => {
      const { flow } = await outcomeOf(variant)
      const { subject = '' } = flow.events.find(({ name }) => name === 'login.succeeded') ?? {}
      const account = await flow.server.context.storage.get(['account', subject])
      expect(account?.value).toMatchObject({ email: { verified: variant.emailVerified } })
    },
  )

  it.each(signatureVariants)('is judged rightly when $title: $outcome', async (variant) => {
    const { outcome } = await outcomeOf(variant)
    expect(outcome).toBe(variant.outcome)
  })

  it.each(tokenAnswerVariants)(
    'comes out of the token answer or not when $title: $outcome',
    async (variant) => {
      const { outcome } = await outcomeOf(variant)
      expect(outcome).toBe(variant.outcome)
    },
  )

  it.each(['ES256', 'ES384', 'PS256', 'EdDSA'] as const)(
    'is signed by %s where the adapter says so',
    async (algorithm) => {
      const accepted = signInFlow({ idp: { algorithm }, provider: { oidc: { algorithms: [algorithm] } } })
      expect(await signIn(accepted)).toBe('accepted')
      const refused = signInFlow({ idp: { algorithm } })
      expect(await signIn(refused)).toBe('refused')
      expect(refused.events.at(-1)).toMatchObject({ reason: 'id_token_algorithm_not_allowed' })
    },
  )

  it('is never taken with HS256, even if an adapter lists it, and the message names the remedy', async () => {
    const hs256 = signatureVariants.find(({ id }) => id === 'algorithm-hs256-client-secret')!
    const provider = { oidc: { algorithms: ['RS256', 'HS256', 'none'] } }
    const { outcome, failure } = await outcomeOf(hs256, { provider })
    expect(outcome).toBe('refused')
    expect(failure?.detail?.['problem']).toContain('Select an asymmetric signing key')
    const hints = [{ member: 'alg' as const, value: 'HS256', remedy: 'Pick a signing key in the console.' }]
    const hinted = await outcomeOf(hs256, { provider: { hints } })
    expect(hinted.failure?.detail?.['problem']).toContain('Pick a signing key in the console.')
  })

  it('is never taken when it is encrypted, and the message says so and names the remedy', async () => {
    const header = btoa('{"alg":"RSA-OAEP-256","enc":"A256CBC-HS512"}').replaceAll('=', '')
    const encrypted: LoginVariant['apply'] = (idp) =>
      void idp.bendJson('token', (answer) => ({ ...answer, id_token: `${header}.a.b.c.d` }))
    for (const [hints, remedy] of [
      [[], 'Let the application there have signed ID tokens'],
      [[{ member: 'alg', value: 'RSA-OAEP-256', remedy: 'Remove the key.' }], 'Remove the key.'],
    ] as const) {
      const flow = signInFlow({ provider: { hints } })
      await encrypted(flow.idp)
      expect(await signIn(flow)).toBe('refused')
      const failure = flow.events.find(({ name }) => name === 'login.failed')
      expect(failure?.reason).toBe('id_token_malformed')
      expect(failure?.detail?.['problem']).toContain('encrypted the ID token')
      expect(failure?.detail?.['problem']).toContain(remedy)
    }
  })

  it('says where an issuer differs, and gives the adapter the last word', async () => {
    const slash = idTokenVariants.find(({ id }) => id === 'issuer-slash')!
    const hints = [{ member: 'iss' as const, value: 'https://idp.example/', remedy: 'Use the other form.' }]
    const { failure } = await outcomeOf(slash, { provider: { hints } })
    expect(failure?.reason).toBe('id_token_issuer_mismatch')
    expect(failure?.detail?.['problem']).toBe(
      [
        '"iss" of the ID token is not the issuer configured for Scripted IdP:',
        '  expected "https://idp.example"',
        '  received "https://idp.example/"',
        '                               ^ first difference',
        '  They differ by the trailing slash, which is part of an issuer.',
        '  Use the other form.',
      ].join('\n'),
    )
  })

  it('may have another exact spelling of the issuer where the adapter lists it, and the account stays the same', async () => {
    const flow = signInFlow({ provider: { oidc: { acceptedIssuers: ['idp.example'] } } })
    expect(await signIn(flow)).toBe('accepted')
    flow.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, iss: 'idp.example' } }))
    expect(await signIn(flow)).toBe('accepted')
    const subjects = flow.events
      .filter(({ name }) => name === 'login.succeeded')
      .map(({ subject }) => subject)
    expect(new Set(subjects).size).toBe(1)
  })

  it.each([
    ['the tolerance', 60, 61],
    ['a wider tolerance of the adapter', 300, 301],
  ])('may be as old as %s, and no older', async (_, tolerance, beyond) => {
    for (const [age, expected] of [
      [tolerance - 1, 'accepted'],
      [beyond, 'refused'],
    ] as const) {
      const flow = signInFlow({ provider: { settings: { clockToleranceSeconds: tolerance } } })
      flow.idp.bendIdToken((draft) => ({
        ...draft,
        claims: { ...draft.claims, exp: flow.clock.seconds() - age },
      }))
      expect(await signIn(flow)).toBe(expected)
    }
  })
})

describe('an issuer that differs per tenant', () => {
  const template = 'https://idp.example/{tid}/v2.0'
  const tenant = '9b6a-tenant'

  function tenants(issuerTemplate: object, claims: object, responseIssuer?: string): Flow {
    const flow = signInFlow({
      idp: { sendsIss: responseIssuer !== undefined },
      provider: { oidc: { issuerTemplate: { template, claim: 'tid', ...issuerTemplate } } },
    })
    flow.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, ...claims } }))
    flow.idp.bendCallback((parameters) => {
      if (responseIssuer !== undefined) parameters.set('iss', responseIssuer)
      return parameters
    })
    return flow
  }
  const own = { tid: tenant, iss: `https://idp.example/${tenant}/v2.0` }

  it('is filled with the verified claim', async () => {
    expect(await signIn(tenants({}, own))).toBe('accepted')
    expect(await signIn(tenants({}, { ...own, tid: 'other' }))).toBe('refused')
    expect(await signIn(tenants({}, { ...own, tid: undefined }))).toBe('refused')
    const climbing = { tid: '../x', iss: 'https://idp.example/../x/v2.0' }
    expect(await signIn(tenants({}, climbing))).toBe('refused')
  })

  it('is bounded by lists of tenants', async () => {
    expect(await signIn(tenants({ allowed: [tenant] }, own))).toBe('accepted')
    expect(await signIn(tenants({ allowed: ['other'] }, own))).toBe('refused')
    expect(await signIn(tenants({ denied: [tenant] }, own))).toBe('refused')
    expect(await signIn(tenants({ denied: ['other'] }, own))).toBe('accepted')
  })

  it('gives every tenant accounts of its own', async () => {
    const one = tenants({}, own)
    const other = tenants({}, { tid: 'other', iss: 'https://idp.example/other/v2.0' })
    await signIn(one)
    await signIn(other)
    const subjects = [one, other].map(({ events }) => events.find((event) => event.subject)?.subject)
    expect(subjects[0]).toMatch(/^[\w-]{43}$/)
    expect(subjects[0]).not.toBe(subjects[1])
  })

  it('IDP-09 must be the issuer of the authorization response as well', async () => {
    expect(await signIn(tenants({}, own, own.iss))).toBe('accepted')
    expect(await signIn(tenants({}, own, 'https://idp.example/other/v2.0'))).toBe('refused')
  })

  it('must be the issuer that the signing key names, where it names one', async () => {
    for (const [issuer, expected] of [
      ['https://idp.example/{tenantid}/v2.0', 'accepted'],
      [own.iss, 'accepted'],
      ['https://idp.example/other/v2.0', 'refused'],
    ] as const) {
      const flow = tenants({ keyIssuerMember: 'issuer' }, own)
      flow.idp.bendJson('jwks', ({ keys }) => ({
        keys: (keys as object[]).map((key) => ({ ...key, issuer })),
      }))
      expect(await signIn(flow)).toBe(expected)
    }
  })
})

describe('claims that the adapter requires', () => {
  it.each([
    ['the value itself', { hd: 'example.com' }, { hd: 'example.com' }, 'accepted'],
    ['one of several values', { hd: ['a.example', 'example.com'] }, { hd: 'example.com' }, 'accepted'],
    ['an array that contains it', { groups: 'staff' }, { groups: ['x', 'staff'] }, 'accepted'],
    ['another value', { hd: 'example.com' }, { hd: 'other.example' }, 'refused'],
    ['a longer value', { hd: 'example.com' }, { hd: 'example.com.evil.example' }, 'refused'],
    ['no value', { hd: 'example.com' }, {}, 'refused'],
    ['a number for text', { hd: '1' }, { hd: 1 }, 'refused'],
  ] as const)('hold for %s or not', async (_, requiredClaims, claims, expected) => {
    const flow = signInFlow({ provider: { oidc: { requiredClaims } } })
    flow.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, ...claims } }))
    expect(await signIn(flow)).toBe(expected)
  })
})

describe('the nonce', () => {
  it.each(['nonce', 'claim_nonce'] as const)('IDP-05 is sent as %s and has to come back', async (name) => {
    const flow = signInFlow({ provider: { browserLogin: { nonce: name } } })
    flow.idp.bendIdToken((draft) => {
      const asked = flow.idp.requests.find(({ endpoint }) => endpoint === 'authorization')
      const sent = asked?.parameters.get(name)
      return { ...draft, claims: { ...draft.claims, nonce: undefined, [name]: sent } }
    })
    expect(await signIn(flow)).toBe('accepted')
    const [asked] = flow.idp.requests
    expect(asked?.parameters.get(name)).toMatch(/^[\w-]{43}$/)
  })

  it('is not sent, and not demanded, where the provider does not echo it', async () => {
    const flow = signInFlow({ provider: { browserLogin: { nonce: 'absent' } } })
    expect(await signIn(flow)).toBe('accepted')
    expect(flow.idp.requests[0]?.parameters.has('nonce')).toBe(false)
  })
})

describe('IDP-10 the key set', () => {
  it('is not asked for twice, and keeps serving while the provider cannot give it', async () => {
    const flow = signInFlow()
    expect(await signIn(flow)).toBe('accepted')
    flow.idp.bend('jwks', () => new Response('down', { status: 503 }))
    flow.clock.advance(3600)
    expect(await signIn(flow)).toBe('accepted')
    expect(flow.idp.requests.filter(({ endpoint }) => endpoint === 'jwks')).toHaveLength(2)
  })

  it('may hold keys too weak to use beside the good one', async () => {
    const flow = signInFlow()
    const { kid } = await flow.idp.currentKey()
    const weak = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
    flow.idp.publish({ ...(await exportJWK(weak.publicKey)), kid, n: 'AQAB', alg: 'RS256', use: 'sig' })
    expect(await signIn(flow)).toBe('accepted')
  })

  it('tells the client to try again when the provider is away at the first login', async () => {
    const flow = signInFlow()
    flow.idp.bend('jwks', () => new Response('down', { status: 503 }))
    const page = await flow.browser.open((await flow.request()).url)
    expect(page.parameters.get('error')).toBe('temporarily_unavailable')
    const clientId = await flow.register({ redirect_uris: [hostedUri] })
    const hosted = await flow.request({ redirect_uri: hostedUri }, { clientId })
    expect((await flow.browser.open(hosted.url)).text).toContain('The sign-in service does not answer')
  })
})

describe('IDP-12 max_age and prompt=login', () => {
  async function answered(
    overrides: Record<string, string>,
    authTime: (now: number) => number | undefined,
    options: FlowOptions = {},
  ) {
    const flow = signInFlow(options)
    flow.idp.bendIdToken((draft) => ({
      ...draft,
      claims: { ...draft.claims, auth_time: authTime(flow.clock.seconds()) },
    }))
    const page = await flow.browser.open((await flow.request(overrides)).url)
    return page.text.includes('wants to use Demo') ? 'accepted' : 'refused'
  }

  it.each([
    ['max_age within', { max_age: '600' }, -600, 'accepted'],
    ['max_age beyond', { max_age: '600' }, -661, 'refused'],
    ['prompt=login answered anew', { prompt: 'login' }, 0, 'accepted'],
    ['prompt=login answered by an older sign-in', { prompt: 'login' }, -61, 'refused'],
    ['nothing demanded', {}, -86_400, 'accepted'],
  ] as const)('%s', async (_, overrides, age, expected) => {
    expect(await answered(overrides, (now) => now + age)).toBe(expected)
  })

  it('refuse an answer without auth_time only where max_age was sent', async () => {
    expect(await answered({ max_age: '600' }, () => undefined)).toBe('refused')
    expect(await answered({}, () => undefined)).toBe('accepted')
  })

  it('are not sent, and prove nothing, where the provider ignores them', async () => {
    const provider = { browserLogin: { maxAge: 'ignored' as const } }
    expect(await answered({ max_age: '600' }, () => undefined, { provider })).toBe('accepted')
  })
})
