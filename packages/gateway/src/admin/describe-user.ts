import type { ConnectionState } from '@portico/connections'
import type { Account, GrantSummary } from '@portico/core'

import type { AdminContext } from './admin-context.ts'

/** A user in a list. Holds no token, like everything here. */
export interface UserSummary {
  /** Our name for the user, as in audit events and access tokens. */
  readonly subject: string
  readonly name?: string | undefined
  readonly email?: { readonly address: string; readonly verified: boolean } | undefined
  /** Id of the provider, and what it calls the user; absent for a client that acts for itself. */
  readonly provider?: string | undefined
  readonly providerSubject?: string | undefined
  /** Unix seconds, like all times. */
  readonly signedInAt?: number | undefined
  /** How many clients have access. */
  readonly grants: number
}

/** Everything a user has allowed. */
export interface UserAccess {
  readonly user: Omit<UserSummary, 'grants'>
  readonly grants: readonly GrantSummary[]
  readonly connections: readonly ConnectionState[]
}

export async function summarizeUser({ server }: AdminContext, account: Account): Promise<UserSummary> {
  const { length: grants } = await server.listGrants(account.subject)
  return { ...userOf(account), grants }
}

/** @returns `undefined` for a subject that has neither an account nor access */
export async function describeUser(
  { server, connections }: AdminContext,
  subject: string,
): Promise<UserAccess | undefined> {
  if (subject === '' || subject.length > 500) return undefined
  const [account, grants] = await Promise.all([server.findAccount(subject), server.describeGrants(subject)])
  // A client that acts for itself has access and no account.
  if (!account && grants.length === 0) return undefined
  const states = account && connections ? await connections.states(subject) : []
  return {
    user: account ? userOf(account) : { subject },
    grants,
    connections: states.filter(({ shared }) => !shared),
  }
}

function userOf(account: Account): Omit<UserSummary, 'grants'> {
  const { subject, name, email, provider, providerSubject, updatedAt } = account
  return { subject, name, email, provider, providerSubject, signedInAt: updatedAt }
}
