import type { ServerResponse } from 'node:http'

/** Ends an exchange when its time is over or the client has gone: `Lifetime` without the cost of signals. */
export interface NodeLifetime {
  /** What to do then; the last one told counts. */
  onAbort(abort: (reason: Error) => void): void
  isTimeout(): boolean
  end(): void
}

export function startNodeLifetime(ms: number, response: ServerResponse): NodeLifetime {
  let abort: ((reason: Error) => void) | undefined
  let reason: Error | undefined
  let timedOut = false
  const stop = (why: string) => {
    end()
    reason = new Error(why)
    abort?.(reason)
  }
  const leave = () => stop('the client has gone')
  const timer = setTimeout(() => {
    timedOut = true
    stop('the time limit of the exchange')
  }, ms)
  const end = () => {
    clearTimeout(timer)
    response.off('close', leave)
  }
  response.once('close', leave)
  return {
    onAbort(wanted) {
      abort = wanted
      if (reason !== undefined) wanted(reason)
    },
    isTimeout: () => timedOut,
    end,
  }
}
