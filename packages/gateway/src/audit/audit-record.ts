import * as base64url from 'jose/base64url'
import { z } from 'zod'

/** Where a record stands in the chain of the process that wrote it. */
export interface ChainPlace {
  /** Of one process, from its start to its end. */
  readonly chain: string
  /** 1, 2, 3, … */
  readonly sequence: number
  /** Hash of the record before it; empty in the first. */
  readonly previous: string
}

/** What a line says, as far as the chain is concerned. */
export interface AuditLine extends ChainPlace {
  readonly time: string
  readonly hash: string
  /** The text that was hashed. */
  readonly hashed: string
}

const lineSchema = z.object({
  chain: z.string().min(1),
  sequence: z.int().min(1),
  time: z.string(),
  previous: z.string(),
})
const hashMember = /,"hash":"([\w-]{43})"\}$/

const hmac = { name: 'HMAC', hash: 'SHA-256' } as const

/** The key of the chains, for {@link writeAuditLine} and {@link isAuthentic}. */
export function importAuditKey(secret: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(secret), hmac, false, ['sign', 'verify'])
}

/** One record as a line of JSON, whose last member is the HMAC-SHA-256 of everything before it. */
export async function writeAuditLine(
  key: CryptoKey,
  { chain, sequence, previous }: ChainPlace,
  members: Readonly<Record<string, unknown>>,
): Promise<{ readonly line: string; readonly hash: string }> {
  const hashed = JSON.stringify({ chain, sequence, ...members, previous })
  const signature = await crypto.subtle.sign(hmac, key, new TextEncoder().encode(hashed))
  const hash = base64url.encode(new Uint8Array(signature))
  return { line: `${hashed.slice(0, -1)},"hash":"${hash}"}`, hash }
}

/** Reads a line; `undefined` for any that is no audit record, e.g. another line of the same log. */
export function readAuditLine(text: string): AuditLine | undefined {
  const hash = hashMember.exec(text)?.[1]
  if (hash === undefined) return undefined
  const hashed = text.replace(hashMember, '}')
  try {
    return { ...lineSchema.parse(JSON.parse(hashed)), hash, hashed }
  } catch {
    return undefined
  }
}

/** Whether the line was written with the key and is unchanged. */
export function isAuthentic(key: CryptoKey, { hashed, hash }: AuditLine): Promise<boolean> {
  return crypto.subtle.verify(
    hmac,
    key,
    new Uint8Array(base64url.decode(hash)),
    new TextEncoder().encode(hashed),
  )
}
