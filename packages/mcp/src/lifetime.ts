import { type Lifespan, watchAccess } from './lifespan.ts'

/** Why an exchange was given up before its end. */
export type GivenUp = 'timeout' | 'client_left' | undefined

/** Ends an exchange when its time is over or the client has gone. */
export interface Lifetime {
  readonly signal: AbortSignal
  givenUp(): GivenUp
  /** To be called when the exchange is over, in whatever way. */
  end(): void
  /** Ends it and gives the upstream request up. */
  abort(): void
}

export function startLifetime({ ms, access }: Lifespan, client: AbortSignal): Lifetime {
  const controller = new AbortController()
  let givenUp: GivenUp
  const abort = () => {
    end()
    controller.abort(new Error('the exchange is given up'))
  }
  const leave = () => {
    givenUp = 'client_left'
    abort()
  }
  const runOut = () => {
    givenUp = 'timeout'
    abort()
  }
  const timer = setTimeout(runOut, ms)
  const stopWatching = watchAccess(access, runOut)
  const end = () => {
    clearTimeout(timer)
    stopWatching()
    client.removeEventListener('abort', leave)
  }
  if (client.aborted) leave()
  else client.addEventListener('abort', leave, { once: true })
  return {
    signal: controller.signal,
    givenUp: () => givenUp,
    end,
    abort,
  }
}
