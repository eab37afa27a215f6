import type { ServerResponse } from 'node:http'

import { type Lifespan, watchAccess } from './lifespan.ts'
import type { GivenUp } from './lifetime.ts'

/** Ends an exchange when its time is over or the client has gone: `Lifetime` without the cost of signals. */
export interface NodeLifetime {
  givenUp(): GivenUp
  /** What to do then; the last one told counts. */
  onAbort(abort: (reason: Error) => void): void
  end(): void
}

export function startNodeLifetime({ ms, access }: Lifespan, response: ServerResponse): NodeLifetime {
  let givenUp: GivenUp
  let abort: ((reason: Error) => void) | undefined
  const stop = (why: GivenUp) => {
    end()
    givenUp = why
    abort?.(new Error('the exchange is given up'))
  }
  const leave = () => stop('client_left')
  const runOut = () => stop('timeout')
  const timer = setTimeout(runOut, ms)
  const stopWatching = watchAccess(access, runOut)
  const end = () => {
    clearTimeout(timer)
    stopWatching()
    response.off('close', leave)
  }
  response.on('close', leave)
  return {
    // No accessor: each one is a hidden class of its own, which keeps its exchange alive until a full collection.
    givenUp: () => givenUp,
    onAbort(wanted) {
      abort = wanted
      if (givenUp !== undefined) wanted(new Error('the exchange is given up'))
    },
    end,
  }
}
