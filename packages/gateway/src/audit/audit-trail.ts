import type { AuditEvent } from '@portico/core'
import type { Storage } from '@portico/storage'

import { importAuditKey, writeAuditLine } from './audit-record.ts'
import { saveChainHead } from './chain-head.ts'

export interface AuditTrailOptions {
  readonly storage: Storage
  /** The secret that the chain is made with, the same on all nodes. */
  readonly key: () => Promise<Uint8Array>
  /** Unix seconds. */
  readonly now: () => number
  /** Names the chain; called with the first event. Default a random name. */
  readonly nameChain?: (() => string) | undefined
  /** Appends complete lines, each with its line break; records that could not be written are offered again. */
  readonly write: (lines: string) => void | Promise<void>
  /** Told when records cannot be written, or the end of the chain cannot be kept. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** An append-only sequence of events, each chained to the one before it. */
export interface AuditTrail {
  /** Never throws and never waits: records are written in the background, in this order. */
  record(event: AuditEvent): void
  /** Resolves when everything recorded so far was written, or could not be. */
  settled(): Promise<void>
  /** Writes the last record. */
  close(): Promise<void>
}

/** Beyond these, records are counted instead of kept: a full disk must not fill the memory too. */
const maximumWaiting = 10_000
const batchSize = 500

type Waiting = Readonly<Record<string, unknown>>

/** Starts a chain of its own. Nothing is written before the first event. */
export function createAuditTrail(options: AuditTrailOptions): AuditTrail {
  const { storage, now, write, onError, nameChain = () => crypto.randomUUID() } = options
  const waiting: Waiting[] = []
  let lost = 0
  let place: { readonly chain: string; readonly sequence: number; readonly hash: string } | undefined
  let key: Promise<CryptoKey> | undefined
  let running: Promise<void> | undefined

  // Not the cause: its text is anybody's.
  const members = (event: AuditEvent): Waiting => ({
    time: new Date(now() * 1000).toISOString(),
    event: event.name,
    outcome: event.outcome,
    traceId: event.traceId,
    requestId: event.requestId,
    subject: event.subject,
    clientId: event.clientId,
    resource: event.resource,
    reason: event.reason,
    detail: event.detail,
  })

  /** Writes one batch; what it has written is no longer waiting. */
  const writeBatch = async (): Promise<void> => {
    key ??= options.key().then(importAuditKey)
    key.catch(() => (key = undefined))
    const imported = await key
    const batch = waiting.slice(0, batchSize)
    let next = place ?? { chain: nameChain(), sequence: 0, hash: '' }
    let text = ''
    for (const record of batch) {
      const { chain, sequence: before, hash: previous } = next
      const sequence = before + 1
      const { line, hash } = await writeAuditLine(imported, { chain, sequence, previous }, record)
      next = { chain, sequence, hash }
      text += `${line}\n`
    }
    await write(text)
    waiting.splice(0, batch.length)
    place = next
    await saveChainHead(storage, { ...next, at: now() })
  }

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const before = waiting.length
      try {
        await writeBatch()
      } catch (error) {
        onError?.(error)
        // The next event tries again.
        if (waiting.length >= before) return
      }
      if (lost > 0) {
        const event = { name: 'audit.records_lost', outcome: 'failure', detail: { count: lost } } as const
        lost = 0
        waiting.push(members(event))
      }
    }
  }

  const record = (event: AuditEvent): void => {
    if (waiting.length >= maximumWaiting) lost += 1
    else {
      if (!place && waiting.length === 0) {
        waiting.push(members({ name: 'audit.started', outcome: 'success' }))
      }
      waiting.push(members(event))
    }
    running ??= drain().finally(() => (running = undefined))
  }
  const settled = (): Promise<void> => running?.then(settled) ?? Promise.resolve()

  return {
    record,
    settled,
    async close() {
      if (place || waiting.length > 0) {
        record({ name: 'audit.stopped', outcome: 'success' })
        await settled()
      }
    },
  }
}
