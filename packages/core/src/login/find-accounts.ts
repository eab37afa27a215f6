import type { Storage } from '@portico/storage'

import { sha256Text } from '../digest.ts'
import { type AccountRecord, groups, listRecords, records, withoutVersion } from '../records.ts'

/** Which part of the list of all users. */
export interface AccountsPage {
  /** Subject of the last one of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

/** Accounts that a search of an operator has found. */
export interface FoundAccounts {
  readonly accounts: readonly AccountRecord[]
  /** What `after` is for the next page; absent on the last. */
  readonly next?: string
}

/** More users than that of one name help nobody. */
const maximumFound = 100

export async function findAccount(storage: Storage, subject: string): Promise<AccountRecord | undefined> {
  if (subject === '' || subject.length > 512) return undefined
  const found = await records(storage, 'account').get(subject)
  return found && withoutVersion(found.value)
}

/** Looks only into the parts of the list that the page is in. */
export async function listAccounts(
  storage: Storage,
  { after = '', limit }: AccountsPage,
): Promise<FoundAccounts> {
  const parts = groups.allAccounts()
  const page: AccountRecord[] = []
  const begin = after === '' ? 0 : parts.indexOf(groups.accounts(after))
  for (const part of begin < 0 ? [] : parts.slice(begin)) {
    const found = (await listRecords(storage, 'account', part)).map(({ value }) => withoutVersion(value))
    const follows = part === parts[begin] ? found.filter(({ subject }) => subject > after) : found
    page.push(...follows.toSorted(bySubject))
    if (page.length > limit) break
  }
  const accounts = page.slice(0, limit)
  const last = accounts.at(-1)
  return { accounts, ...(page.length > limit && last && { next: last.subject }) }
}

export async function searchAccounts(storage: Storage, text: string): Promise<readonly AccountRecord[]> {
  const found = await listRecords(storage, 'account-term', termGroup(text))
  const subjects = new Set([text.trim(), ...found.map(({ value }) => value.subject)])
  const accounts = await Promise.all(
    [...subjects].slice(0, maximumFound).map((subject) => findAccount(storage, subject)),
  )
  return accounts.filter((account) => account !== undefined).toSorted(bySubject)
}

/** Writes what a user is found by, as far as it is not what it was `before`. */
export async function indexAccount(
  storage: Storage,
  account: AccountRecord,
  before: AccountRecord | undefined,
): Promise<void> {
  const terms = records(storage, 'account-term')
  const known = before && termsOf(before)
  const { subject } = account
  await Promise.all(
    Object.entries(termsOf(account)).map(async ([what, term]) => {
      const id = `${subject}:${what}`
      if (known && known[what] === term) return
      if (term === undefined) await terms.delete(id)
      else await terms.set(id, { subject }, { group: termGroup(term) })
    }),
  )
}

function termsOf(account: AccountRecord): Readonly<Record<string, string | undefined>> {
  return { email: account.email?.address, name: account.name, 'provider-subject': account.providerSubject }
}

/** Neither address nor name can be read from it. */
function termGroup(term: string): string {
  return groups.accountTerm(sha256Text(term.normalize('NFC').trim().toLowerCase()))
}

function bySubject(a: AccountRecord, b: AccountRecord): number {
  return a.subject < b.subject ? -1 : 1
}
