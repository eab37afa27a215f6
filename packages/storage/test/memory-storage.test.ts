import { describe, expect, it } from 'vitest'

import { type JsonValue, memoryStorage, sweepDelaySeconds } from '../src/index.ts'

describe('memoryStorage', () => {
  it('keeps its own copy of what is written', async () => {
    const storage = memoryStorage()
    const value = { scopes: ['read'] }
    await storage.set(['grant', 'g1'], { value })
    value.scopes.push('write')
    expect(await storage.get(['grant', 'g1'])).toMatchObject({ value: { scopes: ['read'] } })
  })

  it('shares a list of texts that nobody can change, and copies one whose members somebody can', async () => {
    const storage = memoryStorage()
    const texts = Object.freeze(['read', 'write'])
    const member = { scope: 'read' }
    await storage.set(['grant', 'g1'], { value: { texts, members: Object.freeze([member]) } })
    member.scope = 'write'
    const { texts: kept, members } = (await storage.get(['grant', 'g1']))!.value as Record<string, unknown>
    expect(kept).toBe(texts)
    expect(members).toEqual([{ scope: 'read' }])
  })

  it('keeps a frozen record as it is, unless it holds what somebody can change or JSON has no word for', async () => {
    const storage = memoryStorage()
    const keep = async (value: JsonValue) => {
      await storage.set(['grant', 'g1'], { value: Object.freeze(value) })
      return (await storage.get(['grant', 'g1']))?.value
    }
    const plain = { scope: 'read', used: true, generation: 0, expiresAt: 2000 }
    expect(await keep(plain)).toBe(plain)

    const scopes = ['read']
    const kept = await keep({ scopes })
    scopes.push('write')
    expect(kept).toEqual({ scopes: ['read'] })
    expect(await keep({ scope: 'read', actor: undefined })).toStrictEqual({ scope: 'read' })
    expect(await keep({ ratio: 0.5, none: -0, lost: Number.NaN })).toStrictEqual({
      ratio: 0.5,
      none: 0,
      lost: null,
    })
  })

  it('hands out values that nobody can change', async () => {
    const storage = memoryStorage()
    await storage.set(['grant', 'g1'], { value: { scopes: ['read'] } })
    const stored = await storage.get(['grant', 'g1'])
    const { scopes } = stored!.value as { scopes: string[] }
    expect(() => scopes.push('write')).toThrow(TypeError)
  })

  it('keeps a member named __proto__ as data', async () => {
    const storage = memoryStorage()
    await storage.set(['note', 'n1'], { value: JSON.parse('{"__proto__":{"admin":true}}') })
    const stored = await storage.get(['note', 'n1'])
    expect(JSON.stringify(stored?.value)).toBe('{"__proto__":{"admin":true}}')
    expect((stored!.value as { admin?: boolean }).admin).toBeUndefined()
  })

  it('removes expired records on later writes, a bounded number at a time', async () => {
    let time = 1000
    const storage = memoryStorage({ now: () => time })
    for (let index = 0; index < 100; index++) {
      // In an order that makes the expiry queue work, with replacements and removals in between.
      const id = String((index * 37) % 100)
      await storage.set(['code', id], { value: 0, expiresAt: 5000 })
      await storage.set(['code', id], { value: index, expiresAt: 2000 + ((index * 61) % 100) })
      if (index % 10 === 0) await storage.delete(['code', id])
    }
    time = 2100 + sweepDelaySeconds
    for (let index = 0; index < 12; index++) await storage.set(['tick', String(index)], { value: 0 })

    // The clock goes back: what had been removed stays away, what had not would show again.
    time = 1000
    const left = await Promise.all(Array.from({ length: 100 }, (_, id) => storage.get(['code', String(id)])))
    expect(left.filter((record) => record !== undefined)).toEqual([])
  })

  it('keeps an expired record through a clock that jumps ahead and back', async () => {
    let time = 1000
    const storage = memoryStorage({ now: () => time })
    await storage.set(['session', 's1'], { value: 'alive', expiresAt: 1010 })
    time = 1010 + sweepDelaySeconds - 1
    await storage.set(['tick', '1'], { value: 0 })
    expect(await storage.get(['session', 's1'])).toBeUndefined()
    time = 1000
    expect(await storage.get(['session', 's1'])).toMatchObject({ value: 'alive' })
  })

  it('keeps deleted what was deleted while the clock had jumped ahead', async () => {
    let time = 1000
    const storage = memoryStorage({ now: () => time })
    await storage.set(['session', 's1'], { value: 1, expiresAt: 1010 })
    await storage.set(['token', 't1'], { value: 1, group: 'grant', expiresAt: 1010 })
    time = 1100
    await storage.delete(['session', 's1'])
    await storage.deleteGroup('grant')
    time = 1000
    expect(await storage.get(['session', 's1'])).toBeUndefined()
    expect(await storage.list('grant')).toEqual([])
  })
})
