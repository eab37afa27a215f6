import type { IdentityProvider } from '@portico/provider'

import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { type AccountRecord, groups, records } from '../records.ts'
import { indexAccount } from './find-accounts.ts'
import type { ProvenIdentity } from './identify-user.ts'

/**
 * Our name for a user: opaque to others, the same at every sign-in and on every node. It comes from issuer and subject
 * alone, so accounts of two issuers never merge, whatever address they show (IDP-08).
 */
export function subjectOf(issuer: string, providerSubject: string): string {
  return sha256Text(JSON.stringify([issuer, providerSubject]))
}

/** Stores what the provider said at this sign-in. */
export async function saveAccount(
  { storage, now }: Pick<Context, 'storage' | 'now'>,
  provider: IdentityProvider,
  { issuer, identity }: ProvenIdentity,
): Promise<AccountRecord> {
  const { subject: providerSubject, email, groups: memberOf, roles, ...rest } = identity
  const account: AccountRecord = {
    ...definedOnly(rest),
    ...(email && { email: { ...email } }),
    ...(memberOf && { groups: [...memberOf] }),
    ...(roles && { roles: [...roles] }),
    subject: subjectOf(issuer, providerSubject),
    provider: provider.id,
    issuer,
    providerSubject,
    updatedAt: now(),
  }
  const accounts = records(storage, 'account')
  const group = groups.accounts(account.subject)
  const before = await accounts.get(account.subject)
  // Before the account: one that can be found and is not there does no harm.
  await indexAccount(storage, account, before?.group === group ? before.value : undefined)
  await accounts.set(account.subject, account, { group })
  return account
}

function definedOnly(profile: {
  readonly name?: string | undefined
  readonly organization?: string | undefined
  readonly picture?: string | undefined
}): Pick<AccountRecord, 'name' | 'organization' | 'picture'> {
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined))
}
