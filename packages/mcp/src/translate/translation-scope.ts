import type { ExchangeOptions } from '../exchange-options.ts'
import type { Send } from '../fetch-upstream.ts'
import type { Lifetime } from '../lifetime.ts'
import type { RequestContext } from '../request-context.ts'
import { createUpstreamCaller, type UpstreamCaller } from './upstream-caller.ts'

/** What a translation may do while it lasts, and after. */
export interface TranslationScope {
  /** For what belongs to the exchange: ends with it. */
  readonly upstream: UpstreamCaller
  /** For what has to be said whatever became of the exchange: a short time of its own for each call. */
  readonly afterwards: UpstreamCaller
  /** Ends what `upstream` has open. */
  readonly abort: () => void
  /** Something of an earlier exchange goes on in this one, and ends with it. */
  readonly adopt: (abort: () => void) => void
  /** For what outlives the exchange: ends with the signal alone. */
  readonly independent: (signal: AbortSignal) => UpstreamCaller
  /** Like `upstream`, but ends with `signal` as well. */
  readonly branch: (signal: AbortSignal) => UpstreamCaller
  /** Settles when the exchange is given up. */
  readonly givenUp: Promise<void>
  /** Whether it was given up because its time is over. */
  readonly isTimeout: () => boolean
}

const afterwardsMs = 10_000

export function createTranslationScope(
  exchange: ExchangeOptions,
  send: Send,
  context: RequestContext,
  lifetime: Lifetime,
): TranslationScope {
  const own = new AbortController()
  const aborts = [() => own.abort()]
  const caller = (signal: () => AbortSignal) => createUpstreamCaller(exchange, send, context, signal)
  const givenUp = new Promise<void>((resolve) => {
    const end = () => {
      resolve()
      for (const abort of aborts) abort()
    }
    if (lifetime.signal.aborted) end()
    else lifetime.signal.addEventListener('abort', end, { once: true })
  })
  return {
    upstream: caller(() => own.signal),
    afterwards: caller(() => AbortSignal.timeout(afterwardsMs)),
    independent: (signal) => caller(() => signal),
    branch: (signal) => caller(() => AbortSignal.any([own.signal, signal])),
    abort: () => own.abort(),
    adopt: (abort) => aborts.push(abort),
    givenUp,
    isTimeout: () => lifetime.givenUp() === 'timeout',
  }
}
