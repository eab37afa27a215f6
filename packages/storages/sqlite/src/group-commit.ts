import { rollBack } from './roll-back.ts'
import type { SqliteDatabase } from './sqlite-database.ts'
import { unavailable } from './unavailable.ts'

interface Waiting {
  /** Runs the write within the transaction, and gives what settles its promise once that is committed. */
  readonly run: () => () => void
  readonly reject: (error: unknown) => void
}

/** A promise of what the write returns; resolves after the commit. */
export type Commit = <Result>(write: () => Result) => Promise<Result>

/**
 * Commits the writes of all callers of one turn of the event loop in one transaction: on a durable database a commit
 * costs a flush of the disk, however much is in it. `upkeep` runs first in each transaction.
 */
export function groupCommit(database: SqliteDatabase, upkeep: (writes: number) => void): Commit {
  let waiting: Waiting[] = []

  function flush(): void {
    const writes = waiting
    waiting = []
    try {
      for (const resolve of transact(writes)) resolve()
    } catch (cause) {
      const error = unavailable(cause)
      for (const { reject } of writes) reject(error)
    }
  }

  function transact(writes: readonly Waiting[]): (() => void)[] {
    database.exec('BEGIN IMMEDIATE')
    try {
      upkeep(writes.length)
      const resolves = writes.map(({ run }) => run())
      database.exec('COMMIT')
      return resolves
    } catch (error) {
      rollBack(database)
      throw error
    }
  }

  return (write) =>
    new Promise((resolve, reject) => {
      const run = () => {
        const result = write()
        return () => resolve(result)
      }
      if (waiting.push({ run, reject }) === 1) afterThisTurn(flush)
    })
}

type Schedule = (callback: () => void) => void

// Node, Bun and Deno have it; it runs once the callbacks of everything that arrived together have run.
const afterThisTurn: Schedule = (globalThis as { setImmediate?: Schedule }).setImmediate ?? queueMicrotask
