import { type AuditLine, importAuditKey, isAuthentic, readAuditLine } from './audit-record.ts'
import type { ChainHead } from './chain-head.ts'

/** A line of a file that may hold audit records. */
export interface SourceLine {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** Something that is not as it was written. */
export interface AuditFinding {
  readonly kind: 'changed' | 'removed' | 'reordered' | 'truncated' | 'missing' | 'unknown_chain'
  readonly chain: string
  /** First record that is concerned. */
  readonly sequence: number
  /** Where it was seen, or where it should be. */
  readonly file?: string
  readonly line?: number
  readonly message: string
}

/** The records of one chain. */
export interface VerifiedChain {
  readonly chain: string
  readonly records: number
  readonly from: string
  readonly until: string
}

/** What is left of an audit trail, and what is wrong with it; without findings it is whole. */
export interface AuditReport {
  readonly chains: readonly VerifiedChain[]
  /** Lines that are no audit records. */
  readonly otherLines: number
  readonly findings: readonly AuditFinding[]
}

/** Options of {@link verifyAudit}. */
export interface VerifyAuditOptions {
  readonly lines: AsyncIterable<SourceLine> | Iterable<SourceLine>
  readonly key: Uint8Array
  /** As they were before the lines were read. */
  readonly heads: readonly ChainHead[]
  /** Unix seconds: records from before were deleted on purpose. Default: all must be there. */
  readonly since?: number | undefined
}

/** Compares records with the hashes in them, with each other, and with the ends of their chains. */
export async function verifyAudit(options: VerifyAuditOptions): Promise<AuditReport> {
  const { lines, heads, since } = options
  const key = await importAuditKey(options.key)
  const chains = new Map<string, ChainReader>()
  let otherLines = 0
  for await (const source of lines) {
    const read = readAuditLine(source.text)
    if (!read) {
      if (source.text.trim() !== '') otherLines += 1
      continue
    }
    const reader = chains.get(read.chain) ?? new ChainReader(read)
    chains.set(read.chain, reader)
    reader.add(read, source, await isAuthentic(key, read))
  }
  const known = new Map(heads.map((head) => [head.chain, head]))
  return {
    chains: [...chains.values()].map((reader) => reader.summary),
    otherLines,
    findings: [
      ...[...chains.values()].flatMap((reader) => reader.finish(known.get(reader.chain), since)),
      ...heads
        .filter(({ chain, at }) => !chains.has(chain) && (since === undefined || at >= since))
        .map(absentChain),
    ],
  }
}

interface Gap {
  readonly from: number
  readonly to: number
  readonly source: SourceLine
}

/** Follows one chain through the lines, in the order they come. */
class ChainReader {
  readonly chain: string
  readonly #findings: AuditFinding[] = []
  readonly #from: string
  #until: string
  #records = 0
  #gaps: Gap[] = []
  /** Highest record so far; without the hash where it was changed. */
  #last: { readonly sequence: number; readonly hash: string | undefined } = { sequence: 0, hash: '' }
  readonly #hashes = new Map<number, string>()

  constructor({ chain, time }: AuditLine) {
    this.chain = chain
    this.#from = time
    this.#until = time
  }

  get summary(): VerifiedChain {
    return { chain: this.chain, records: this.#records, from: this.#from, until: this.#until }
  }

  add(read: AuditLine, source: SourceLine, authentic: boolean): void {
    const { sequence, hash, previous, time } = read
    // A write that was tried again leaves the same record twice.
    if (authentic && this.#hashes.get(sequence) === hash) return
    this.#records += 1
    this.#until = time
    this.#hashes.set(sequence, hash)
    const { sequence: before, hash: expected } = this.#last
    const follows = sequence === before + 1
    if (!authentic || (follows && expected !== undefined && previous !== expected)) {
      this.#report('changed', sequence, source, `Record ${sequence} is not as it was written.`)
      // A number that may be made up says nothing about the records around it.
      if (!follows) return
    }
    if (sequence <= before) {
      this.#close(sequence)
      const message = `Record ${sequence} stands behind record ${before}.`
      this.#report('reordered', sequence, source, message)
      return
    }
    if (!follows) this.#gaps.push({ from: before + 1, to: sequence - 1, source })
    this.#last = { sequence, hash: authentic ? hash : undefined }
  }

  finish(head: ChainHead | undefined, since: number | undefined): readonly AuditFinding[] {
    for (const { from, to, source } of this.#gaps) {
      if (from === 1 && since !== undefined) continue
      this.#report('removed', from, source, `${range(from, to)} missing before this line.`)
    }
    if (!head) {
      this.#findings.push({
        kind: 'unknown_chain',
        chain: this.chain,
        sequence: this.#last.sequence,
        message:
          'The storage does not know this chain, so nobody can tell whether its end is missing: use the storage and the keys it was written with.',
      })
    } else if (head.sequence > this.#last.sequence) {
      this.#findings.push({
        kind: 'truncated',
        chain: this.chain,
        sequence: this.#last.sequence + 1,
        message: `${range(this.#last.sequence + 1, head.sequence)} missing at the end.`,
      })
    }
    return this.#findings
  }

  /** Takes one record out of the gap that it was missing from. */
  #close(sequence: number): void {
    this.#gaps = this.#gaps.flatMap((gap) => {
      if (sequence < gap.from || sequence > gap.to) return [gap]
      return [
        { ...gap, to: sequence - 1 },
        { ...gap, from: sequence + 1 },
      ].filter(({ from, to }) => from <= to)
    })
  }

  #report(kind: AuditFinding['kind'], sequence: number, { file, line }: SourceLine, message: string): void {
    this.#findings.push({ kind, chain: this.chain, sequence, file, line, message })
  }
}

function range(from: number, to: number): string {
  return from === to ? `Record ${from} is` : `Records ${from} to ${to} are`
}

function absentChain({ chain, sequence, at }: ChainHead): AuditFinding {
  const until = new Date(at * 1000).toISOString()
  return {
    kind: 'missing',
    chain,
    sequence: 1,
    message: `None of the ${sequence} records of a chain that ended on ${until} is there: name the file that holds it, or use --since if it was deleted on purpose.`,
  }
}
