import { describe, expect, it } from 'vitest'

import { redactArguments } from '../../src/audit/redact-arguments.ts'

describe('the arguments of a tool call in the audit trail', () => {
  it.each([
    'password',
    'Password',
    'user_password',
    'passphrase',
    'client_secret',
    'accessToken',
    'apiKey',
    'api-key',
    'X-Api-Key',
    'authorization',
    'Cookie',
    'privateKey',
    'session_id',
    'otp',
    'pin',
  ])('leaves out the value of %s, however deep', (name) => {
    expect(redactArguments({ a: [{ [name]: 'hunter2' }] })).toEqual({ a: [{ [name]: '[redacted]' }] })
  })

  it.each(['query', 'title', 'keyboard', 'spinner', 'monkey'])('shows the value of %s', (name) => {
    expect(redactArguments({ [name]: 'hunter2' })).toEqual({ [name]: 'hunter2' })
  })

  it.each([
    ['curl -H "Authorization: Bearer abcdefghij.klm"', 'curl -H "Authorization: [redacted]"'],
    ['see eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln end', 'see [redacted] end'],
    ['https://ada:hunter2@db.example/x', 'https://[redacted]@db.example/x'],
    ['ghp_0123456789abcdef', '[redacted]'],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', '[redacted]'],
    ['the bearer of news', 'the bearer of news'],
  ])('leaves what is a secret by its form out of %j', (text, shown) => {
    expect(redactArguments({ text })).toEqual({ text: shown })
  })

  it('C08 leaves nothing of a token that is longer than what is looked at', () => {
    const text = `see eyJhbGciOiJFUzI1NiJ9.${'a'.repeat(2000)}.c2ln`
    expect(redactArguments({ text })).toEqual({ text: 'see [redacted]… (2030 characters)' })
  })

  it('leaves out what the operator names', () => {
    expect(redactArguments({ Diagnosis: 'x', city: 'Bonn' }, ['diagnosis'])).toEqual({
      Diagnosis: '[redacted]',
      city: 'Bonn',
    })
  })

  it('is short whatever was sent', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`) as unknown
    const wide = { list: Array.from({ length: 500 }, () => 'x'), text: 'y'.repeat(5000), deep }
    const shown = JSON.stringify(redactArguments(wide))
    expect(shown.length).toBeLessThan(1000)
    expect(shown).toContain('[too deep]')
    expect(shown).toContain('(5000 characters)')
  })

  it('C08 is short by the number and the names of its members, too', () => {
    const row = (member: unknown) =>
      Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`m${index}`, member]))
    const many = row(row(row('x'.repeat(200))))
    expect(JSON.stringify(redactArguments(many)).length).toBeLessThan(130_000)
    expect(JSON.stringify(redactArguments({ [`a${'b'.repeat(5000)}`]: 1 })).length).toBeLessThan(100)
    expect(redactArguments({ 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIi': 1 })).toEqual({ '[redacted]': 1 })
    expect(Object.keys(redactArguments(row(1)) as object)).toHaveLength(64)
  })
})
