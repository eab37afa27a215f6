import type { SignInRules } from '@portico/provider'
import { describe, expect, it } from 'vitest'

import { loopbackUri, providerFor, signInFlow } from '../sign-in-flow.ts'

async function signIn(signIn: SignInRules, claims: Record<string, unknown>) {
  const flow = signInFlow({ provider: { signIn } })
  flow.idp.bendIdToken((draft) => ({ ...draft, claims: { ...draft.claims, ...claims } }))
  const request = await flow.request()
  const page = await flow.browser.open(request.url)
  return { flow, page, request, reason: flow.events.find(({ name }) => name === 'login.failed')?.reason }
}

const verified = (email: string) => ({ email, email_verified: true })

describe('IDP-08 sign-in rules', () => {
  it.each<[string, SignInRules, Record<string, unknown>, string | undefined]>([
    ['a verified address', { requireVerifiedEmail: true }, verified('a@b.example'), undefined],
    [
      'an unverified one',
      { requireVerifiedEmail: true },
      { email: 'a@b.example', email_verified: false },
      'sign_in_email_not_verified',
    ],
    ['no address', { requireVerifiedEmail: true }, { email: undefined }, 'sign_in_email_not_verified'],
    ['the domain', { allowedDomains: ['b.example'] }, verified('a@b.example'), undefined],
    ['the domain in capitals', { allowedDomains: ['B.example'] }, verified('a@b.EXAMPLE'), undefined],
    [
      'one of several domains',
      { allowedDomains: ['x.example', 'b.example'] },
      verified('a@b.example'),
      undefined,
    ],
    [
      'the domain, unverified',
      { allowedDomains: ['b.example'] },
      { email: 'a@b.example', email_verified: false },
      'sign_in_domain_not_allowed',
    ],
    [
      'a subdomain',
      { allowedDomains: ['b.example'] },
      verified('a@c.b.example'),
      'sign_in_domain_not_allowed',
    ],
    [
      'a domain that ends alike',
      { allowedDomains: ['b.example'] },
      verified('a@eb.example'),
      'sign_in_domain_not_allowed',
    ],
    [
      'the domain in front of an @',
      { allowedDomains: ['b.example'] },
      verified('a@b.example@evil.example'),
      'sign_in_domain_not_allowed',
    ],
    [
      'no address with a domain rule',
      { allowedDomains: ['b.example'] },
      { email: undefined },
      'sign_in_domain_not_allowed',
    ],
    ['the group', { allowedGroups: ['staff'] }, { groups: ['x', 'staff'] }, undefined],
    ['another group', { allowedGroups: ['staff'] }, { groups: ['staffing'] }, 'sign_in_group_not_allowed'],
    ['no groups', { allowedGroups: ['staff'] }, {}, 'sign_in_group_not_allowed'],
    ['groups as text', { allowedGroups: ['staff'] }, { groups: 'staff' }, 'identity_invalid'],
    [
      'both rules',
      { allowedDomains: ['b.example'], allowedGroups: ['staff'] },
      { ...verified('a@b.example'), groups: ['staff'] },
      undefined,
    ],
    [
      'one of two rules',
      { allowedDomains: ['b.example'], allowedGroups: ['staff'] },
      verified('a@b.example'),
      'sign_in_group_not_allowed',
    ],
  ])('judge %s', async (_, rules, claims, reason) => {
    const result = await signIn(rules, claims)
    expect(result.reason).toBe(reason)
    expect(result.page.text.includes('wants to use Demo')).toBe(reason === undefined)
  })

  it('leave no session behind', async () => {
    const { flow } = await signIn({ allowedGroups: ['staff'] }, {})
    const cookies = flow.browser.cookies(flow.server.issuer).map(({ name }) => name)
    expect(cookies.filter((name) => name.includes('session'))).toEqual([])
  })

  it('let the user try another account, which the provider asks for', async () => {
    const { flow, page } = await signIn({ allowedDomains: ['b.example'] }, {})
    expect(page.status).toBe(403)
    expect(page.text).toContain('This account may not sign in here')
    flow.idp.signInAs({ sub: 'bob', ...verified('bob@b.example'), name: 'Bob' })
    const consent = await page.submit({}, { button: 'Use another account' })
    expect(consent.text).toContain('Bob · bob@b.example')
    const asked = flow.idp.requests.filter(({ endpoint }) => endpoint === 'authorization')
    expect(asked.map(({ parameters }) => parameters.get('prompt'))).toEqual([null, 'select_account'])
  })

  it('let the user go back with access_denied', async () => {
    const { page, request } = await signIn({ allowedDomains: ['b.example'] }, {})
    const callback = await page.submit({}, { button: 'Cancel' })
    expect(callback.url).toContain(loopbackUri)
    expect(Object.fromEntries(callback.parameters)).toMatchObject({
      error: 'access_denied',
      state: request.state,
    })
  })

  it('count for the route: a session of a provider that it does not allow is not enough', async () => {
    const flow = signInFlow({
      providers: (idp) => [
        providerFor(idp, { id: 'staff', name: 'Staff' }),
        providerFor(idp, { id: 'guests', name: 'Guests' }),
      ],
      server: {
        resources: [
          { path: '/mcp/demo', name: 'Demo' },
          { path: '/mcp/notes', name: 'Notes', providers: ['staff'] },
        ],
      },
    })
    const chooser = await flow.browser.open((await flow.request({ idp: 'guests' })).url)
    expect(chooser.text).toContain('wants to use Demo')
    const before = flow.idp.requests.length
    const notes = await flow.request({}, { resource: 'https://mcp.example.com/mcp/notes' })
    const page = await flow.browser.open(notes.url)
    expect(page.text).toContain('wants to use Notes')
    const asked = flow.idp.requests.slice(before).find(({ endpoint }) => endpoint === 'authorization')
    expect(asked?.parameters.get('redirect_uri')).toContain('/callback/staff')
  })
})
