import type { AdminContext } from './admin-context.ts'
import { describeUser, summarizeUser, type UserSummary } from './describe-user.ts'

export interface UsersQuery {
  /** An address, a name, or what the provider or we call the user; without it all are listed. */
  readonly search?: string | undefined
  /** Subject of the last user of the page before. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface ListedUsers {
  readonly users: readonly UserSummary[]
  /** What `after` is for the next page; absent on the last. */
  readonly next?: string | undefined
}

export async function listUsers(
  context: AdminContext,
  { search = '', after, limit }: UsersQuery,
): Promise<ListedUsers> {
  const { server } = context
  if (search.trim() !== '') {
    const found = await server.searchAccounts(search)
    const users = await Promise.all(found.slice(0, limit).map((account) => summarizeUser(context, account)))
    return { users: users.length > 0 ? users : await machineOf(context, search.trim()) }
  }
  const { accounts, next } = await server.listAccounts({ after, limit })
  return { users: await Promise.all(accounts.map((account) => summarizeUser(context, account))), next }
}

/** A client that acts for itself is found by its subject alone. */
async function machineOf(context: AdminContext, subject: string): Promise<readonly UserSummary[]> {
  const found = await describeUser(context, subject)
  return found ? [{ ...found.user, grants: found.grants.length }] : []
}
