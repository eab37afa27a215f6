import { memoryStorage } from '@portico/storage'
import type { Storage } from '@portico/storage'
import { describe, expect, it } from 'vitest'

import { saveAccount } from '../../src/login/account.ts'
import { findAccount, listAccounts, searchAccounts } from '../../src/login/find-accounts.ts'
import { records } from '../../src/records.ts'
import { idleProvider as provider } from '../test-server.ts'

const issuer = 'https://idp.example'

interface Person {
  readonly name?: string
  readonly email?: string
}

/** Users sign in; what the storage is asked is counted. */
function signIns() {
  const asked: string[] = []
  const inner = memoryStorage()
  const storage: Storage = {
    ...inner,
    set: (key, entry, when) => {
      asked.push(`set ${key[0]}`)
      return inner.set(key, entry, when)
    },
    list: (group) => {
      asked.push(`list ${group}`)
      return inner.list(group)
    },
  }
  const signIn = (subject: string, { name, email }: Person = {}) =>
    saveAccount({ storage, now: () => 1_800_000_000 }, provider, {
      issuer,
      authenticatedAt: undefined,
      providerSubject: undefined,
      providerSessionId: undefined,
      identity: {
        subject,
        ...(name !== undefined && { name }),
        ...(email !== undefined && { email: { address: email, verified: true } }),
      },
    })
  return { storage, asked, signIn }
}

describe('the list of users', () => {
  it('AS-82 has everybody who has signed in, once, page after page', async () => {
    const { storage, signIn } = signIns()
    const subjects = new Set<string>()
    for (let user = 0; user < 150; user += 1) subjects.add((await signIn(`user-${user}`)).subject)
    await signIn('user-1')
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await listAccounts(storage, { after, limit: 40 })
      expect(page.accounts.length).toBeLessThanOrEqual(40)
      seen.push(...page.accounts.map(({ subject }) => subject))
      after = page.next
    } while (after !== undefined)
    expect(seen).toHaveLength(150)
    expect(new Set(seen)).toEqual(subjects)
  })

  it('looks into a few parts for a page, not into all of them', async () => {
    const { storage, asked, signIn } = signIns()
    for (let user = 0; user < 400; user += 1) await signIn(`user-${user}`)
    asked.length = 0
    const { next } = await listAccounts(storage, { limit: 10 })
    expect(asked.length).toBeLessThan(10)
    asked.length = 0
    await listAccounts(storage, { after: next, limit: 10 })
    expect(asked.length).toBeLessThan(10)
  })

  it.each(['/nobody', '%', 'user'])('is at its end after %s, of which there is no part', async (after) => {
    const { storage } = signIns()
    expect(await listAccounts(storage, { after, limit: 10 })).toEqual({ accounts: [] })
  })
})

describe('a search for users', () => {
  it.each([
    ['their address', 'ada@example.com'],
    ['their address in capitals', ' ADA@Example.com '],
    ['their name', 'ada lovelace'],
    ['what their provider calls them', 'auth0|17'],
  ])('finds them by %s', async (_, text) => {
    const { storage, signIn } = signIns()
    const ada = await signIn('auth0|17', { name: 'Ada Lovelace', email: 'ada@example.com' })
    await signIn('auth0|18', { name: 'Grace Hopper', email: 'grace@example.com' })
    expect(await searchAccounts(storage, text)).toEqual([ada])
    expect(await searchAccounts(storage, ada.subject)).toEqual([ada])
  })

  it('finds everybody of one name, and nobody by a part of it', async () => {
    const { storage, signIn } = signIns()
    await signIn('17', { name: 'Ada' })
    await signIn('18', { name: 'ADA' })
    expect(await searchAccounts(storage, 'Ada')).toHaveLength(2)
    expect(await searchAccounts(storage, 'Ad')).toEqual([])
    expect(await searchAccounts(storage, '')).toEqual([])
  })

  it('knows a changed address, and no longer the one before', async () => {
    const { storage, signIn } = signIns()
    await signIn('17', { email: 'ada@example.com' })
    const renamed = await signIn('17', { email: 'lovelace@example.com' })
    expect(await searchAccounts(storage, 'lovelace@example.com')).toEqual([renamed])
    expect(await searchAccounts(storage, 'ada@example.com')).toEqual([])
    await signIn('17')
    expect(await searchAccounts(storage, 'lovelace@example.com')).toEqual([])
  })

  it('costs a sign-in nothing while nothing has changed', async () => {
    const { asked, signIn } = signIns()
    await signIn('17', { name: 'Ada', email: 'ada@example.com' })
    expect(asked.filter((each) => each === 'set account-term')).toHaveLength(3)
    asked.length = 0
    await signIn('17', { name: 'Ada', email: 'ada@example.com' })
    expect(asked).toEqual(['set account'])
  })

  it('takes in who signed in under an earlier release, at the next sign-in', async () => {
    const { storage, signIn } = signIns()
    const ada = await signIn('17', { email: 'ada@example.com' })
    await storage.deleteGroup(`accounts:${ada.subject.slice(0, 1)}`)
    await storage.delete(['account-term', `${ada.subject}:email`])
    await records(storage, 'account').set(ada.subject, ada)
    expect(await searchAccounts(storage, 'ada@example.com')).toEqual([])
    expect(await findAccount(storage, ada.subject)).toEqual(ada)
    await signIn('17', { email: 'ada@example.com' })
    expect(await searchAccounts(storage, 'ada@example.com')).toEqual([ada])
    expect(await listAccounts(storage, { limit: 10 })).toEqual({ accounts: [ada] })
  })
})
