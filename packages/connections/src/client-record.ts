import type { UpstreamClientRecord } from './connection-records.ts'
import { sha256Text } from './digest.ts'

/** A client of ours, and the record id that connections remember it by. */
export interface UpstreamClient extends UpstreamClientRecord {
  readonly recordId: string
}

/** Associated data of a sealed client secret. */
export const clientSeal = (recordId: string): readonly string[] => ['upstream-client', recordId]

/** One record per upstream, issuer and what else tells clients apart (`generation`). */
export const clientRecordId = async (upstream: string, issuer: string, generation: string): Promise<string> =>
  `${upstream}:${await sha256Text(JSON.stringify([issuer, generation]))}`
