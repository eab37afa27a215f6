import type { IdentityProvider } from '@portico/provider'

import type { Context } from '../context.ts'
import { sha256Text } from '../digest.ts'
import { type AccountRecord, records } from '../records.ts'
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
  const { subject: providerSubject, email, groups, roles, ...rest } = identity
  const account: AccountRecord = {
    ...definedOnly(rest),
    ...(email && { email: { ...email } }),
    ...(groups && { groups: [...groups] }),
    ...(roles && { roles: [...roles] }),
    subject: subjectOf(issuer, providerSubject),
    provider: provider.id,
    issuer,
    providerSubject,
    updatedAt: now(),
  }
  await records(storage, 'account').set(account.subject, account)
  return account
}

function definedOnly(profile: {
  readonly name?: string | undefined
  readonly organization?: string | undefined
  readonly picture?: string | undefined
}): Pick<AccountRecord, 'name' | 'organization' | 'picture'> {
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined))
}
