import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'

import { createVault } from '../src/vault.ts'

const freshKey = () => base64url.encode(crypto.getRandomValues(new Uint8Array(32)))

describe('sealing', () => {
  it('G02 opens with the same context only', async () => {
    const vault = createVault([freshKey()])
    const sealed = await vault.seal('token', ['user-1', 'upstream'])
    expect(sealed).not.toContain('token')
    expect(await vault.open(sealed, ['user-1', 'upstream'])).toBe('token')
    for (const context of [
      ['user-2', 'upstream'],
      ['user-1'],
      ['upstream', 'user-1'],
      ['user-1upstream', ''],
    ]) {
      await expect(vault.open(sealed, context)).rejects.toMatchObject({ code: 'not_authentic' })
    }
  })

  it('seals the same text differently every time', async () => {
    const vault = createVault([freshKey()])
    expect(await vault.seal('token', [])).not.toBe(await vault.seal('token', []))
  })

  it('G02 SEC-20 opens under older keys, seals under the newest, and fails loudly without the key', async () => {
    const [older, newer] = [freshKey(), freshKey()]
    const before = createVault([older])
    const sealed = await before.seal('token', [])
    const rotated = createVault([newer, older])
    expect(await rotated.open(sealed, [])).toBe('token')
    expect(rotated.isCurrent(sealed)).toBe(false)
    expect(rotated.isCurrent(await rotated.seal('token', []))).toBe(true)
    await expect(createVault([newer]).open(sealed, [])).rejects.toMatchObject({ code: 'unknown_key' })
  })

  it('refuses what was changed, and what was never sealed', async () => {
    const vault = createVault([freshKey()])
    const sealed = await vault.seal('token', [])
    const changed = sealed.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    await expect(vault.open(changed, [])).rejects.toMatchObject({ code: 'not_authentic' })
    await expect(vault.open('nonsense', [])).rejects.toMatchObject({ code: 'unknown_key' })
  })
})

describe('macs', () => {
  it('SEC-20 are separate by purpose, and accepted under every key of the ring', () => {
    const [older, newer] = [freshKey(), freshKey()]
    const mac = createVault([older]).mac('csrf', 'text')
    const rotated = createVault([newer, older])
    expect(rotated.verifyMac('csrf', 'text', mac)).toBe(true)
    expect(rotated.verifyMac('cookie', 'text', mac)).toBe(false)
    expect(rotated.verifyMac('csrf', 'other', mac)).toBe(false)
    expect(createVault([newer]).verifyMac('csrf', 'text', mac)).toBe(false)
  })
})

describe('keys', () => {
  it.each(['', 'short', 'a'.repeat(64), 'not base64url!'.repeat(5)])(
    'D08 are refused when they are no secret: %j',
    (key) => {
      expect(() => createVault([key])).toThrow('32 random bytes')
      expect(() => createVault([freshKey(), key])).toThrow('32 random bytes')
    },
  )

  it('D08 are needed', () => {
    expect(() => createVault([])).toThrow('at least one key')
  })
})
