import { describe, expect, it } from 'vitest'

import { isPublishedAs } from '../src/index.ts'

const inside = {
  issuer: 'https://sso.example.com/auth/realms/staff',
  discoveryUrl: 'https://keycloak.internal:8443/auth/realms/staff/.well-known/openid-configuration',
}
const token = 'https://keycloak.internal:8443/auth/realms/staff/protocol/openid-connect/token'

describe('a published endpoint', () => {
  it.each([
    ['the derived one', token, true],
    ['the public one of the same place', `${inside.issuer}/protocol/openid-connect/token`, true],
    ['another place behind the issuer', `${inside.issuer}/protocol/openid-connect/token/`, false],
    [
      'the same place of another realm',
      'https://sso.example.com/auth/realms/guests/protocol/openid-connect/token',
      false,
    ],
    ['one of somebody else', 'https://evil.example/auth/realms/staff/protocol/openid-connect/token', false],
    ['missing', undefined, false],
  ])('of a server that is asked inside a private network may be %s or not', (_, published, expected) => {
    expect(isPublishedAs(inside, token, published)).toBe(expected)
  })

  it('of any other server is the derived one, whatever its issuer is', () => {
    const external = {
      issuer: 'https://f2b3.ciamlogin.com/f2b3/v2.0',
      discoveryUrl: 'https://contoso.ciamlogin.com/f2b3/v2.0/.well-known/openid-configuration',
    }
    const derived = 'https://contoso.ciamlogin.com/f2b3/oauth2/v2.0/token'
    expect(isPublishedAs(external, derived, derived)).toBe(true)
    expect(isPublishedAs(external, derived, 'https://f2b3.ciamlogin.com/f2b3/oauth2/v2.0/token')).toBe(false)
    expect(isPublishedAs({ issuer: 'https://a.example' }, 'https://b.example/t', 'https://a.example/t')).toBe(
      false,
    )
  })

  it('keeps one slash where the issuer ends in one', () => {
    const slash = {
      issuer: 'https://a.example/o/',
      discoveryUrl: 'https://b.example/o/.well-known/openid-configuration',
    }
    expect(isPublishedAs(slash, 'https://b.example/o/keys', 'https://a.example/o/keys')).toBe(true)
    expect(isPublishedAs(slash, 'https://b.example/o/keys', 'https://a.example/o//keys')).toBe(false)
  })
})
