import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { defineProvider, IdentityError, type Read } from '../src/index.ts'
import { acme, acmeOptions } from './acme.ts'

const nothing: Read = () => Promise.reject(new Error('reads nothing'))

describe('the identity of standard claims', () => {
  it('is who the claims say, with an unverified address where nothing vouches for it', async () => {
    const claims = {
      sub: 'u_8f3k',
      name: 'Ada',
      email: 'ada@example.com',
      groups: ['staff'],
      roles: ['admin'],
    }
    expect(await acme(acmeOptions).identify(claims, nothing)).toEqual({
      subject: 'u_8f3k',
      name: 'Ada',
      email: { address: 'ada@example.com', verified: false },
      groups: ['staff'],
      roles: ['admin'],
      picture: undefined,
    })
  })

  it.each([
    [true, true],
    ['true', true],
    ['True', false],
    [1, false],
    [false, false],
    [undefined, false],
  ])('takes email_verified %j for %j', async (email_verified, verified) => {
    const identity = await acme(acmeOptions).identify(
      { sub: 'a', email: 'a@example.com', email_verified },
      nothing,
    )
    expect(identity.email?.verified).toBe(verified)
  })

  it('falls back to the user name and overlooks claims of a strange type', async () => {
    const claims = { sub: 'a', preferred_username: 'ada', name: 7, picture: [], groups: 'staff' }
    expect(await acme(acmeOptions).identify(claims, nothing)).toMatchObject({
      name: 'ada',
      groups: undefined,
    })
  })

  it.each<[string, object, object]>([
    ['its name, dots and all', { 'https://acme.example/roles': ['admin'] }, { roles: ['admin'] }],
    ['a path', { realm_access: { roles: ['admin'] } }, { roles: undefined }],
    ['one text', { 'https://acme.example/roles': 'admin' }, { roles: ['admin'] }],
    ['an object', { 'https://acme.example/roles': { admin: true } }, { roles: undefined }],
    ['a list of something else', { 'https://acme.example/roles': [7] }, { roles: undefined }],
    ['nothing, though there is the usual claim', { roles: ['admin'] }, { roles: undefined }],
  ])('R185 reads roles from the claim that was named: %s', async (_, claims, expected) => {
    const provider = acme({ ...acmeOptions, roleClaim: 'https://acme.example/roles' })
    expect(await provider.identify({ sub: 'a', groups: ['staff'], ...claims }, nothing)).toMatchObject({
      groups: ['staff'],
      ...expected,
    })
  })

  it('R185 reads groups at the end of a path, and only of members that the claims have themselves', async () => {
    const provider = acme({ ...acmeOptions, groupClaim: 'realm_access.groups' })
    const groupsOf = async (claims: object) =>
      (await provider.identify({ sub: 'a', groups: ['usual'], ...claims }, nothing)).groups
    expect(await groupsOf({ realm_access: { groups: ['staff'] } })).toEqual(['staff'])
    expect(await groupsOf({ realm_access: Object.create({ groups: ['staff'] }) })).toBeUndefined()
    expect(await groupsOf({ realm_access: 'groups' })).toBeUndefined()
  })

  it.each([{}, { sub: '' }, { sub: 7 }, { sub: 'ü' }, { sub: 'a'.repeat(256) }])(
    'refuses %j',
    async (claims) => {
      const identity = acme(acmeOptions).identify(claims, nothing)
      await expect(identity).rejects.toThrow(IdentityError)
      await expect(identity).rejects.toMatchObject({
        code: 'invalid_claims',
        message: 'Acme sent unusable claims: sub',
      })
    },
  )
})

describe('a provider’s own identify', () => {
  const hub = defineProvider({
    id: 'hub',
    name: 'Hub',
    kind: 'oauth2',
    scope: 'read:user',
    options: { team: z.string().optional() },
    derive: () => ({
      issuer: 'https://hub.example/login',
      browserLogin: {
        url: 'https://hub.example/authorize',
        tokenUrl: 'https://hub.example/token',
        scopes: ['read:team'],
      },
    }),
    claims: z.object({}),
    identify: async (_claims, read, { team }) => {
      const user = await read('https://api.hub.example/user', z.object({ id: z.number(), team: z.string() }))
      if (team !== undefined && user.team !== team)
        throw new IdentityError('sign_in_refused', 'Not in the team.')
      return { subject: String(user.id) }
    },
  })
  const read: Read = (_url, schema) => Promise.resolve(schema.parse({ id: 7, team: 'blue' }))
  const options = { clientId: 'a', clientSecret: 'b' }

  it('reads the provider’s API and sees the options', async () => {
    expect(await hub({ ...options, team: 'blue' }).identify({}, read)).toEqual({ subject: '7' })
    await expect(hub({ ...options, team: 'red' }).identify({}, read)).rejects.toMatchObject({
      code: 'sign_in_refused',
    })
  })

  it('has a namespace of subjects, its own scopes and no options about ID tokens', () => {
    expect(hub(options)).toMatchObject({
      kind: 'oauth2',
      issuer: 'https://hub.example/login',
      scope: 'read:user read:team',
    })
    expect(hub.derive({})).toMatchObject({ oidc: { issuer: 'https://hub.example/login' } })
    expect(() => hub({ ...options, useUserinfo: 'always' })).toThrow('useUserinfo has no meaning here')
    expect(() => hub({ ...options, roleClaim: 'roles' })).toThrow('roleClaim has no meaning here')
    expect(hub({ ...options, scope: 'write' }).scope).toBe('write read:team')
  })
})
