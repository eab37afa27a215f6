import type { Storage } from '@portico/storage'
import { z } from 'zod'

/** How far a chain had come when this was written: what is missing behind it has been removed. */
export interface ChainHead {
  readonly chain: string
  readonly sequence: number
  readonly hash: string
  /** Unix seconds of the last record. */
  readonly at: number
}

const group = 'audit-heads'
/** For how long after its last record the end of a chain can be proven. */
const headTtlSeconds = 400 * 86_400

const headSchema = z.object({ sequence: z.number(), hash: z.string(), at: z.number() })

/** Heads are kept apart from the records, so that access to one does not suffice to shorten both. */
export async function saveChainHead(storage: Storage, { chain, ...value }: ChainHead): Promise<void> {
  await storage.set(['audit-head', chain], { value, group, expiresAt: value.at + headTtlSeconds })
}

/** The heads of all chains, of all nodes. */
export async function listChainHeads(storage: Storage): Promise<readonly ChainHead[]> {
  const stored = await storage.list(group)
  return stored.map(({ key, value }) => ({ chain: key[1], ...headSchema.parse(value) }))
}
