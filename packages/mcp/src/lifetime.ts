/** Ends an exchange when its time is over or the client has gone. */
export interface Lifetime {
  readonly signal: AbortSignal
  isTimeout(): boolean
  /** To be called when the exchange is over, in whatever way. */
  end(): void
  /** Ends it and gives the upstream request up. */
  abort(): void
}

export function startLifetime(ms: number, client: AbortSignal): Lifetime {
  const controller = new AbortController()
  let timedOut = false
  const abort = () => {
    end()
    controller.abort(new Error(timedOut ? 'the time limit of the exchange' : 'the client has gone'))
  }
  const timer = setTimeout(() => {
    timedOut = true
    abort()
  }, ms)
  const end = () => {
    clearTimeout(timer)
    client.removeEventListener('abort', abort)
  }
  if (client.aborted) abort()
  else client.addEventListener('abort', abort, { once: true })
  return { signal: controller.signal, isTimeout: () => timedOut, end, abort }
}
