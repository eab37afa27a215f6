import type { Context } from '../context.ts'
import { groups, listRecords, records } from '../records.ts'
import { SealError } from '../vault.ts'
import { isBeingRenewed, providerTokensSeal } from './provider-tokens.ts'
import { recheckSeal } from './recheck-user.ts'

/** How far it is, in records that were sealed under an older key. */
export interface ResealedTokens {
  readonly done: number
  /** Of those: could not be opened, and stay as they are. */
  readonly failed: number
  readonly total: number
}

type Sealed = 'provider-token' | 'provider-tokens'

const pollMs = 50

/**
 * Seals under the newest key the tokens of identity providers that older ones have sealed, while everything is in use. Who
 * was interrupted begins again: what is done is not done twice.
 */
export async function resealProviderTokens(
  context: Context,
  report: (progress: ResealedTokens) => void,
): Promise<ResealedTokens> {
  let progress: ResealedTokens = { done: 0, failed: 0, total: 0 }
  for (const group of groups.allProviderTokens()) {
    const waiting = [
      ...(await outdated(context, 'provider-token', group)),
      ...(await outdated(context, 'provider-tokens', group)),
    ]
    if (waiting.length === 0) continue
    let failed = 0
    for (const { kind, subject } of waiting) if (!(await reseal(context, kind, subject))) failed += 1
    const done = progress.done + waiting.length
    progress = { done, failed: progress.failed + failed, total: done }
    report(progress)
  }
  return progress
}

async function outdated({ storage, vault }: Context, kind: Sealed, group: string) {
  const kept = await listRecords(storage, kind, group)
  return kept
    .filter(({ value }) => !vault.isCurrent('tokens' in value ? value.tokens : value.sealed))
    .map(({ key }) => ({ kind, subject: key[1] }))
}

/** @returns false when it cannot be opened */
async function reseal(context: Context, kind: Sealed, subject: string): Promise<boolean> {
  try {
    while (!(await (kind === 'provider-token' ? resealToken : resealTokens)(context, subject))) {
      await new Promise((resolve) => void setTimeout(resolve, pollMs))
    }
    return true
  } catch (error) {
    if (error instanceof SealError) return false
    throw error
  }
}

/** False: somebody else has just changed it. True too when it is gone, or was sealed anew already. */
async function resealToken({ storage, vault }: Context, subject: string): Promise<boolean> {
  const kept = records(storage, 'provider-token')
  const found = await kept.get(subject)
  if (!found || vault.isCurrent(found.value.sealed)) return true
  const place = recheckSeal(subject, found.value.provider)
  const sealed = await vault.seal(await vault.open(found.value.sealed, place), place)
  return kept.replace(found, { ...found.value, sealed })
}

/** The same; a renewal that is under way comes first, as it saves what it gets over what it has read. */
async function resealTokens({ storage, vault, now }: Context, subject: string): Promise<boolean> {
  const kept = records(storage, 'provider-tokens')
  const found = await kept.get(subject)
  if (!found || vault.isCurrent(found.value.tokens)) return true
  if (isBeingRenewed(found.value, now())) return false
  const place = providerTokensSeal(subject)
  const tokens = await vault.seal(await vault.open(found.value.tokens, place), place)
  return kept.replace(found, { ...found.value, tokens })
}
