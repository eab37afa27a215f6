import { createHmac } from 'node:crypto'

import { type AuditEvent } from '@portico/core'
import { memoryStorage, type Storage, StorageUnavailableError } from '@portico/storage'
import { createClock } from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { createAuditTrail } from '../../src/audit/audit-trail.ts'
import { listChainHeads, verifyAudit } from '../../src/index.ts'

const key = new Uint8Array(32).fill(7)
const clock = createClock(1_800_000_000_000)
const chainId = 'c0ffee123456'

function startTrail({
  storage = memoryStorage({ now: clock.seconds }),
  write,
  chain = chainId,
}: {
  readonly storage?: Storage
  readonly write?: (text: string) => void
  readonly chain?: string
} = {}) {
  const written: string[] = []
  const errors: unknown[] = []
  const trail = createAuditTrail({
    storage,
    key: () => Promise.resolve(key),
    now: clock.seconds,
    nameChain: () => chain,
    write: (text) => {
      write?.(text)
      written.push(...text.trimEnd().split('\n'))
    },
    onError: (error) => errors.push(error),
  })
  return { trail, storage, written, errors }
}

const event = (name: string): AuditEvent => ({ name, outcome: 'success', subject: 'ada' })

/** A chain of six: `audit.started`, four events, `audit.stopped`. */
async function sixRecords() {
  const started = startTrail()
  for (const name of ['login.succeeded', 'consent.approved', 'token.issued', 'tool.called']) {
    started.trail.record(event(name))
  }
  await started.trail.close()
  return { lines: started.written, heads: await listChainHeads(started.storage) }
}

const sources = (lines: readonly string[]) =>
  lines.map((text, index) => ({ file: 'audit.jsonl', line: index + 1, text }))

const change = (line: string | undefined, from: string, to: string): string => {
  expect(line).toContain(from)
  return line?.replace(from, to) ?? ''
}

describe('an audit trail', () => {
  it('chains every record to the one before it, and names the events as they were emitted', async () => {
    const { lines } = await sixRecords()
    const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(records.map(({ sequence, event: name }) => [sequence, name])).toEqual([
      [1, 'audit.started'],
      [2, 'login.succeeded'],
      [3, 'consent.approved'],
      [4, 'token.issued'],
      [5, 'tool.called'],
      [6, 'audit.stopped'],
    ])
    expect(records.map(({ previous }) => previous)).toEqual([
      '',
      ...records.slice(0, -1).map(({ hash }) => hash),
    ])
    expect(records[1]).toMatchObject({ chain: chainId, time: '2027-01-15T08:00:00.000Z', subject: 'ada' })
  })

  it('is found as it was written, other lines of the same log left aside', async () => {
    const { lines, heads } = await sixRecords()
    const among = [lines[0] ?? '', '', 'gateway started', '{"event":"request"}', ...lines.slice(1)]
    expect(await verifyAudit({ lines: sources(among), key, heads })).toEqual({
      chains: [
        {
          chain: chainId,
          records: 6,
          from: '2027-01-15T08:00:00.000Z',
          until: '2027-01-15T08:00:00.000Z',
        },
      ],
      otherLines: 2,
      findings: [],
    })
  })

  it('verifies what earlier releases wrote, whatever its events are called', async () => {
    const line =
      '{"chain":"c0ffee123456","sequence":1,"time":"2026-08-01T08:00:00.000Z","event":"tool.used","outcome":"success","subject":"ada","previous":"","hash":"%"}'
    const hash = createHmac('sha256', key).update(line.replace(',"hash":"%"', '')).digest('base64url')
    const heads = [{ chain: chainId, sequence: 1, hash, at: 1_785_571_200 }]
    const lines = sources([line.replace('%', hash)])
    expect(await verifyAudit({ lines, key, heads })).toMatchObject({ chains: [{ records: 1 }], findings: [] })
    const renamed = sources([line.replace('%', hash).replace('tool.used', 'tool.called')])
    expect((await verifyAudit({ lines: renamed, key, heads })).findings).toMatchObject([{ kind: 'changed' }])
  })

  it.each<[what: string, tamper: (lines: readonly string[]) => readonly string[], findings: unknown[]]>([
    [
      'a changed record',
      (lines) => lines.with(2, change(lines[2], '"ada"', '"eve"')),
      [{ kind: 'changed', sequence: 3, line: 3 }],
    ],
    [
      'a changed hash',
      (lines) => lines.with(2, change(lines[2], '"hash":"', '"hash":"A').replace(/.(?="\}$)/, '')),
      [{ kind: 'changed', sequence: 3, line: 3 }],
    ],
    [
      'a record that is no longer one',
      (lines) => lines.with(2, change(lines[2], '{"chain"', '{chain')),
      [{ kind: 'removed', sequence: 3, line: 4 }],
    ],
    [
      'a changed number',
      (lines) => lines.with(2, change(lines[2], '"sequence":3', '"sequence":30')),
      [
        { kind: 'changed', sequence: 30, line: 3 },
        { kind: 'removed', sequence: 3, line: 4 },
      ],
    ],
    ['a removed record', (lines) => lines.toSpliced(3, 1), [{ kind: 'removed', sequence: 4, line: 4 }]],
    ['removed records', (lines) => lines.toSpliced(1, 3), [{ kind: 'removed', sequence: 2, line: 2 }]],
    ['a removed beginning', (lines) => lines.slice(2), [{ kind: 'removed', sequence: 1, line: 1 }]],
    [
      'two records in the other order',
      (lines) => lines.with(2, lines[3] ?? '').with(3, lines[2] ?? ''),
      [{ kind: 'reordered', sequence: 3, line: 4 }],
    ],
    ['a truncated end', (lines) => lines.slice(0, -1), [{ kind: 'truncated', sequence: 6 }]],
    ['a longer truncated end', (lines) => lines.slice(0, 2), [{ kind: 'truncated', sequence: 3 }]],
    ['a removed file', () => [], [{ kind: 'missing', sequence: 1 }]],
    [
      'a record of somebody without the key',
      (lines) => [...lines, change(lines[5], '"sequence":6', '"sequence":7')],
      [{ kind: 'changed', sequence: 7, line: 7 }],
    ],
  ])('finds %s', async (_, tamper, findings) => {
    const { lines, heads } = await sixRecords()
    const report = await verifyAudit({ lines: sources(tamper(lines)), key, heads })
    expect(report.findings).toHaveLength(findings.length)
    expect(report.findings).toMatchObject(findings)
  })

  it('finds a chain forged whole, with another key', async () => {
    const { lines } = await sixRecords()
    const report = await verifyAudit({ lines: sources(lines), key: new Uint8Array(32).fill(8), heads: [] })
    expect(report.findings.map(({ kind }) => kind)).toEqual([...lines.map(() => 'changed'), 'unknown_chain'])
  })

  it('accepts that records from before a date were deleted, and nothing else', async () => {
    const { lines, heads } = await sixRecords()
    const verify = (kept: readonly string[], since: number) =>
      verifyAudit({ lines: sources(kept), key, heads, since })
    const at = clock.seconds()
    expect((await verify(lines.slice(3), at)).findings).toEqual([])
    expect((await verify([], at + 1)).findings).toEqual([])
    expect((await verify([], at)).findings).toMatchObject([{ kind: 'missing' }])
    expect((await verify(lines.toSpliced(3, 1), at)).findings).toMatchObject([{ kind: 'removed' }])
    expect((await verify(lines.slice(3, -1), at)).findings).toMatchObject([{ kind: 'truncated' }])
  })

  it('keeps the chains of several processes in one file apart', async () => {
    const storage = memoryStorage({ now: clock.seconds })
    const [first, second] = [startTrail({ storage }), startTrail({ storage, chain: 'beef12345678' })]
    first.trail.record(event('login.succeeded'))
    second.trail.record(event('login.succeeded'))
    await Promise.all([first.trail.close(), second.trail.close()])
    const [a1, a2, a3] = first.written
    const [b1, b2, b3] = second.written
    const lines = sources([a1, b1, b2, a2, b3, a3].map(String))
    const report = await verifyAudit({ lines, key, heads: await listChainHeads(storage) })
    expect(report).toMatchObject({ chains: [{ records: 3 }, { records: 3 }], findings: [] })
  })

  it('writes again what could not be written, in the same order and only once', async () => {
    let full = true
    const { trail, written, errors, storage } = startTrail({
      write: () => {
        if (full) throw new Error('no space left on device')
      },
    })
    trail.record(event('login.succeeded'))
    await trail.settled()
    expect({ written, errors }).toMatchObject({
      written: [],
      errors: [{ message: 'no space left on device' }],
    })
    full = false
    trail.record(event('token.issued'))
    await trail.settled()
    const report = await verifyAudit({ lines: sources(written), key, heads: await listChainHeads(storage) })
    expect(report).toMatchObject({ chains: [{ records: 3 }], findings: [] })
  })

  it('goes on writing while the storage cannot keep the end of the chain', async () => {
    const memory = memoryStorage({ now: clock.seconds })
    let down = true
    const storage: Storage = {
      ...memory,
      set: (...entry) => (down ? Promise.reject(new StorageUnavailableError('gone')) : memory.set(...entry)),
    }
    const { trail, written, errors } = startTrail({ storage })
    trail.record(event('login.succeeded'))
    await trail.settled()
    expect({ count: written.length, errors: errors.length }).toEqual({ count: 2, errors: 1 })
    down = false
    trail.record(event('token.issued'))
    await trail.settled()
    expect(await listChainHeads(storage)).toMatchObject([{ chain: chainId, sequence: 3 }])
  })

  it('counts what it gives up when nothing can be written for long', async () => {
    let full = true
    const { trail, written } = startTrail({
      write: () => {
        if (full) throw new Error('no space left on device')
      },
    })
    for (let index = 0; index < 10_005; index += 1) trail.record(event('tool.called'))
    await trail.settled()
    full = false
    trail.record(event('tool.called'))
    await trail.settled()
    const lost = written.filter((line) => line.includes('"audit.records_lost"'))
    expect(lost.map((line) => (JSON.parse(line) as AuditEvent).detail)).toEqual([{ count: 7 }])
  })
})
