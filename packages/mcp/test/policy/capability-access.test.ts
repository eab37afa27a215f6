import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type CapabilityRules, capabilityAccess, type Principal } from '../../src/index.ts'

const nobody: Principal = { users: ['u1'], client: 'c1', scopes: ['mcp:tools'], groups: [], roles: [] }
const outcome = (
  rules: CapabilityRules,
  id: string,
  principal: Partial<Principal> = {},
  args?: { readonly given: unknown },
) => capabilityAccess(rules).decide('tools', id, { ...nobody, ...principal }, args).outcome

describe('a catalog', () => {
  const tools = [{ id: 'search' }, { id: 'read_*', isPattern: true }]

  it('R173 lets everything pass where there is none, and nothing where it is empty', () => {
    expect(outcome({}, 'search')).toBe('allowed')
    expect(outcome({ prompts: [] }, 'search')).toBe('allowed')
    expect(outcome({ tools: [] }, 'search')).toBe('hidden')
  })

  it('R171 R172 opens exact names, and patterns where they are said to be patterns', () => {
    expect(outcome({ tools }, 'search')).toBe('allowed')
    expect(outcome({ tools }, 'Search')).toBe('hidden')
    expect(outcome({ tools }, 'read_invoice')).toBe('allowed')
    expect(outcome({ tools: [{ id: 'read_*' }] }, 'read_invoice')).toBe('hidden')
  })

  it('R184 opens an entry to one of its roles or one of its groups, and to nobody without either', () => {
    const rules: CapabilityRules = {
      byMembership: true,
      tools: [
        { id: 'create', roles: ['admin'], groups: ['finance'] },
        { id: 'products', public: true },
        { id: 'unclassified' },
      ],
    }
    expect(outcome(rules, 'create', { roles: ['admin'] })).toBe('allowed')
    expect(outcome(rules, 'create', { groups: ['finance'] })).toBe('allowed')
    expect(outcome(rules, 'create', { groups: ['admin'], roles: ['finance'] })).toBe('hidden')
    expect(outcome(rules, 'products')).toBe('allowed')
    expect(outcome(rules, 'unclassified', { roles: ['admin'], groups: ['finance'] })).toBe('hidden')
  })
})

describe('rules', () => {
  const allowRead: CapabilityRules = { rules: [{ effect: 'allow', tools: ['read_*'], groups: ['support'] }] }

  it('close a kind that one of them opens a part of, and no other', () => {
    expect(outcome(allowRead, 'read_a', { groups: ['support'] })).toBe('allowed')
    expect(outcome(allowRead, 'read_a')).toBe('hidden')
    expect(outcome(allowRead, 'write_a', { groups: ['support'] })).toBe('hidden')
    expect(capabilityAccess(allowRead).decide('prompts', 'any', nobody).outcome).toBe('allowed')
  })

  it.each([
    ['groups', { groups: ['g'] }, { groups: ['g'] }],
    ['roles', { roles: ['r'] }, { roles: ['r'] }],
    ['users', { users: ['ada@example.com'] }, { users: ['u1', 'ada@example.com'] }],
    ['clients', { clients: ['https://claude.ai/*'] }, { client: 'https://claude.ai/oauth' }],
    ['scopes', { scopes: ['a', 'b'] }, { scopes: ['a', 'b'] }],
  ])('hold for %s', (_, who, principal) => {
    const rules: CapabilityRules = { rules: [{ effect: 'deny', tools: ['x'], ...who }] }
    expect(outcome(rules, 'x', principal)).toBe('hidden')
    expect(outcome(rules, 'x')).toBe('allowed')
  })

  it('hold only where every condition does', () => {
    const rules: CapabilityRules = {
      rules: [{ effect: 'allow', tools: ['x'], groups: ['g'], roles: ['r'] }],
    }
    expect(outcome(rules, 'x', { groups: ['g'], roles: ['r'] })).toBe('allowed')
    expect(outcome(rules, 'x', { groups: ['g'] })).toBe('hidden')
  })

  it('deny whatever others allow, except to those whom they except', () => {
    const rules: CapabilityRules = {
      tools: [{ id: 'delete_all' }, { id: 'search' }],
      rules: [
        { effect: 'allow', tools: ['*'] },
        { effect: 'deny', tools: ['delete_*'], unless: { groups: ['admins'] } },
      ],
    }
    expect(outcome(rules, 'delete_all')).toBe('hidden')
    expect(outcome(rules, 'search')).toBe('allowed')
    expect(outcome(rules, 'delete_all', { groups: ['admins'] })).toBe('allowed')
  })

  it.each(['delete_all', 'Delete_All', ' delete_all', 'delete​_all', 'ｄelete_all'])(
    'H01 deny %j, which a careless upstream takes for the same',
    (name) => {
      const rules: CapabilityRules = { rules: [{ effect: 'deny', tools: ['delete_*'] }] }
      expect(outcome(rules, name)).toBe('hidden')
      expect(outcome(rules, 'remove_all')).toBe('allowed')
    },
  )
})

describe('arguments', () => {
  const allowStaging: CapabilityRules = {
    rules: [
      { effect: 'allow', tools: ['deploy'], arguments: { 'target.environment': ['staging', 'dev-*'] } },
    ],
  }
  const denyProduction: CapabilityRules = {
    rules: [{ effect: 'deny', tools: ['deploy'], arguments: { environment: ['prod*', 1] } }],
  }
  const call = (rules: CapabilityRules, given: unknown) => outcome(rules, 'deploy', {}, { given })

  it('leave the tool in the list', () => {
    expect(outcome(allowStaging, 'deploy')).toBe('allowed')
    expect(outcome(denyProduction, 'deploy')).toBe('allowed')
  })

  it('open a call where each has one of its values', () => {
    expect(call(allowStaging, { target: { environment: 'dev-7' } })).toBe('allowed')
    expect(call(allowStaging, { target: { environment: ['dev-7', 'staging'] } })).toBe('allowed')
    for (const given of [
      undefined,
      {},
      { target: {} },
      { target: { environment: 'prod' } },
      { target: { environment: ['dev-7', 'prod'] } },
      { target: { environment: [] } },
      { target: { environment: 'staging', Environment: 'prod' } },
    ]) {
      expect(call(allowStaging, given)).toBe('arguments')
    }
  })

  it('close a call where each may be taken to have one of its values', () => {
    for (const environment of ['production', 'PROD', 1, '1', ['dev', 'prod'], { $ne: '' }]) {
      expect(call(denyProduction, { environment })).toBe('arguments')
    }
    expect(call(denyProduction, { Environment: 'prod' })).toBe('arguments')
    expect(call(denyProduction, { environment: 'dev' })).toBe('allowed')
    expect(call(denyProduction, { environment: 2 })).toBe('allowed')
    expect(call(denyProduction, {})).toBe('allowed')
  })
})

describe('step-up', () => {
  const rules: CapabilityRules = {
    tools: [{ id: 'read' }, { id: 'deploy', scopes: ['mcp:deploy'] }, { id: 'erase' }, { id: 'audit' }],
    rules: [
      { effect: 'allow', tools: ['read', 'deploy', 'audit'] },
      { effect: 'allow', tools: ['erase'], scopes: ['mcp:tools', 'mcp:erase'], groups: ['admins'] },
      { effect: 'deny', tools: ['audit'], unless: { scopes: ['mcp:audit'] } },
    ],
  }
  const decide = (id: string, principal: Partial<Principal> = {}, more: CapabilityRules = {}) =>
    capabilityAccess({ ...rules, ...more }).decide('tools', id, { ...nobody, ...principal })

  it('SCOPE-05 names everything that the call needs, also what the token has', () => {
    expect(decide('deploy')).toEqual({ outcome: 'scope', scopes: ['mcp:deploy'] })
    expect(decide('audit')).toEqual({ outcome: 'scope', scopes: ['mcp:audit'] })
    expect(decide('erase', { groups: ['admins'] })).toEqual({
      outcome: 'scope',
      scopes: ['mcp:tools', 'mcp:erase'],
    })
  })

  it('SCOPE-10 names none where no scope would help', () => {
    expect(decide('erase')).toEqual({ outcome: 'hidden' })
    expect(decide('unheard-of')).toEqual({ outcome: 'hidden' })
  })

  it('SCOPE-06 takes a broader scope for the narrower one', () => {
    const more: CapabilityRules = { scopeIncludes: { 'mcp:all': ['mcp:write'], 'mcp:write': ['mcp:deploy'] } }
    expect(decide('deploy', { scopes: ['mcp:all'] }, more).outcome).toBe('allowed')
    expect(decide('deploy', { scopes: ['mcp:all'] }).outcome).toBe('scope')
  })

  it('shows in lists what a scope would open, where that is wanted', () => {
    const listed = (more: CapabilityRules) =>
      ['read', 'deploy', 'erase', 'audit'].filter((id) =>
        capabilityAccess({ ...rules, ...more }).isListed('tools', id, nobody),
      )
    expect(listed({})).toEqual(['read'])
    expect(listed({ listBeyondScopes: true })).toEqual(['read', 'deploy', 'audit'])
  })
})

describe('reads of resources', () => {
  const rules: CapabilityRules = {
    resources: [{ id: 'stripe://customers' }, { id: 'file:///docs/*', isPattern: true }],
    resourceTemplates: [{ id: 'stripe://customers/{id}' }, { id: 'stripe://keys/{id}', scopes: ['keys'] }],
    rules: [{ effect: 'deny', resources: ['stripe://customers/secret*'] }],
  }
  const read = (uri: string) => capabilityAccess(rules).decideRead(uri, nobody).outcome

  it('R171 open what is listed, and what a listed template makes', () => {
    expect(read('stripe://customers')).toBe('allowed')
    expect(read('stripe://customers/42')).toBe('allowed')
    expect(read('file:///docs/a.txt')).toBe('allowed')
    expect(read('stripe://keys/1')).toBe('scope')
    expect(read('stripe://invoices')).toBe('hidden')
  })

  it.each([
    'stripe://customers/secret-1',
    'stripe://customers/SECRET-1',
    'stripe://customers/%73ecret-1',
    'stripe://customers/a%2F..%2Fsecret-1',
    'file:///docs/../etc/passwd',
    'file:///docs/%2e%2e/etc/passwd',
    'stripe://customers/..',
  ])('H01 refuse %s', (uri) => {
    expect(read(uri)).toBe('hidden')
  })
})

describe('lists and calls', () => {
  const name = fc.constantFrom('a', 'b', 'ab', 'read_a', 'read_b')
  const pattern = fc.constantFrom('*', 'a', 'b', 'a*', 'read_*', '*b')
  const few = <Value>(values: fc.Arbitrary<Value>) => fc.array(values, { minLength: 1, maxLength: 2 })
  const label = fc.constantFrom('x', 'y')
  const optional = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined, freq: 2 })
  const who = {
    scopes: optional(few(label)),
    groups: optional(few(label)),
    roles: optional(few(label)),
    users: optional(few(label)),
    clients: optional(few(label)),
  }
  const rulesArbitrary = (withArguments: boolean): fc.Arbitrary<CapabilityRules> =>
    fc.record({
      byMembership: fc.boolean(),
      tools: optional(
        fc.array(
          fc.record({
            id: fc.oneof(name, pattern),
            isPattern: fc.boolean(),
            roles: optional(few(label)),
            groups: optional(few(label)),
            scopes: optional(few(label)),
          }),
          { maxLength: 3 },
        ),
      ),
      rules: fc.array(
        fc.record({
          effect: fc.constantFrom('allow' as const, 'deny' as const),
          tools: optional(few(pattern)),
          ...who,
          unless: optional(fc.record(who)),
          ...(withArguments ? { arguments: optional(fc.constant({ a: ['1'] })) } : {}),
        }),
        { maxLength: 4 },
      ),
    })
  const principal: fc.Arbitrary<Principal> = fc.record({
    users: fc.array(label, { maxLength: 1 }),
    client: label,
    scopes: fc.array(label, { maxLength: 2 }),
    groups: fc.array(label, { maxLength: 2 }),
    roles: fc.array(label, { maxLength: 2 }),
  })

  it('H01 agree: a tool is listed exactly when a call of it goes through, whatever its arguments', () => {
    fc.assert(
      fc.property(rulesArbitrary(false), name, principal, fc.jsonValue(), (rules, id, asking, given) => {
        const access = capabilityAccess(rules)
        const isCalled = access.decide('tools', id, asking, { given }).outcome === 'allowed'
        expect(access.isListed('tools', id, asking)).toBe(isCalled)
      }),
      { numRuns: 1000 },
    )
  })

  it('H01 differ by a rule about arguments alone, and then the refusal is about arguments', () => {
    fc.assert(
      fc.property(
        rulesArbitrary(true),
        name,
        principal,
        fc.constantFrom({ a: '1' }, {}),
        (rules, id, asking, given) => {
          const access = capabilityAccess(rules)
          const { outcome: called } = access.decide('tools', id, asking, { given })
          const isListed = access.isListed('tools', id, asking)
          const isExpected = called === 'allowed' || called === 'arguments'
          expect(called === 'scope' || isListed === isExpected).toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('SCOPE-05 agree that a scope which is named does help', () => {
    fc.assert(
      fc.property(rulesArbitrary(false), name, principal, (rules, id, asking) => {
        const access = capabilityAccess(rules)
        const decided = access.decide('tools', id, asking)
        if (decided.outcome !== 'scope') return
        const better = { ...asking, scopes: [...asking.scopes, ...decided.scopes] }
        expect(access.decide('tools', id, better).outcome).toBe('allowed')
        expect(decided.scopes.some((scope) => !asking.scopes.includes(scope))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('agree with a deny rule that is added: it never opens anything', () => {
    fc.assert(
      fc.property(rulesArbitrary(false), name, principal, pattern, (rules, id, asking, denied) => {
        const stricter = {
          ...rules,
          rules: [...(rules.rules ?? []), { effect: 'deny' as const, tools: [denied] }],
        }
        const isListed = (given: CapabilityRules) => capabilityAccess(given).isListed('tools', id, asking)
        expect(isListed(rules) || !isListed(stricter)).toBe(true)
      }),
    )
  })
})
