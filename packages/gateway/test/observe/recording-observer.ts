import { AsyncLocalStorage } from 'node:async_hooks'

import type { Observer, Operation, OperationResult } from '../../src/index.ts'

/** An operation that an observer saw, with what it was a part of. */
export interface Recorded {
  readonly operation: Operation
  readonly parent: Recorded | undefined
  /** Absent as long as it is under way. */
  result?: OperationResult
}

/** Keeps everything it is told. */
export function recordingObserver() {
  const current = new AsyncLocalStorage<Recorded>()
  const operations: Recorded[] = []
  const events: string[] = []
  const streams: (readonly [route: string, change: 1 | -1])[] = []
  const observer = {
    begin(operation) {
      const recorded: Recorded = { operation, parent: current.getStore() }
      operations.push(recorded)
      return {
        run: (work) => current.run(recorded, work),
        headers: () => ({ traceparent: '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01' }),
        end: (result) => {
          if (recorded.result) throw new Error('an operation ended twice')
          recorded.result = result
        },
      }
    },
    event: ({ name }) => void events.push(name),
    streams: (route, change) => void streams.push([route, change]),
  } satisfies Observer
  return { observer, operations, events, streams }
}

/** One line for people: what it was, and how it ended. */
export function lineOf({ operation, result }: Recorded): string {
  const ended = result?.status ?? (result?.error === undefined ? '' : 'failed')
  switch (operation.kind) {
    case 'request':
      return `${operation.method} ${operation.route ?? '?'} ${ended}`.trim()
    case 'storage':
      return `${operation.verb} ${operation.record ?? 'group'} ${ended}`.trim()
    case 'fetch':
      return `${operation.method} ${operation.provider ?? operation.to} ${operation.url ?? '?'} ${ended}`.trim()
    case 'upstream':
      return `${operation.method} upstream of ${operation.route} ${ended}`.trim()
  }
}
