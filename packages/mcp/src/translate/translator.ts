import { type Answer, toResponse } from '../answer.ts'
import { ConnectionError } from '../connection-error.ts'
import type { ExchangeOptions } from '../exchange-options.ts'
import { type GivenUp, type Lifetime, startLifetime } from '../lifetime.ts'
import type { CheckedLimits } from '../limits.ts'
import type { RequestContext, Translation } from '../request-context.ts'
import { responseRewrite } from '../response-plan.ts'
import type { StreamCount } from '../stream-count.ts'
import { messageResponse } from './message-response.ts'
import { createModernToSession } from './modern-to-session.ts'
import { createSessionToModern } from './session-to-modern.ts'
import { AnsweredError, createUpstreamCaller, type Send, type UpstreamCaller } from './upstream-caller.ts'

/** Answers messages whose era the upstream does not speak (PROXY-08). */
export interface Translator {
  translate(translation: Translation, client: AbortSignal): Promise<Response>
}

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

export interface TranslatorOptions {
  readonly exchange: ExchangeOptions
  readonly send: Send
  readonly limits: CheckedLimits
  readonly streams: StreamCount
  readonly lifetimeMs: (translation: Translation) => number
  readonly cut: (context: RequestContext, givenUp: GivenUp, error: unknown) => Answer
  readonly broken: (givenUp: GivenUp, error: unknown) => void
}

const afterwardsMs = 10_000

export function createTranslator(options: TranslatorOptions): Translator {
  const { exchange, send, limits, streams, lifetimeMs, cut, broken } = options
  const modernToSession = createModernToSession(limits)
  const sessionToModern = createSessionToModern(exchange, (error) => broken(undefined, error))

  return {
    async translate(translation, client) {
      const { context, method } = translation
      // TL-09: in the session eras a disconnect of a POST says nothing; only the clock and `notifications/cancelled` do.
      const isDetached = context.era === 'legacy' && method === 'POST'
      const lifetime = startLifetime(
        lifetimeMs(translation),
        isDetached ? new AbortController().signal : client,
      )
      let isCounted = false
      const onEnd = (error?: unknown) => {
        lifetime.end()
        if (isCounted) streams.release(context.caller)
        isCounted = false
        if (error !== undefined) broken(lifetime.givenUp, error)
      }
      try {
        const scope = createScope(exchange, send, context, lifetime)
        const translated = await (context.era === 'modern' ? modernToSession : sessionToModern)(
          translation,
          scope,
        )
        if ('status' in translated) {
          onEnd()
          return toResponse(translated)
        }
        const response = await messageResponse(translated, {
          context,
          method,
          rewrite: responseRewrite(exchange, context, method),
          keepAliveMs: limits.keepAliveMs,
          onEnd,
          onCancel: isDetached ? undefined : () => lifetime.abort(),
        })
        const full = isEventStream(response) ? streams.take(context.caller) : undefined
        isCounted = isEventStream(response) && full === undefined
        if (full === undefined) return response
        await response.body?.cancel()
        return toResponse(full)
      } catch (error) {
        lifetime.end()
        if (error instanceof AnsweredError) return toResponse(error.answer)
        if (error instanceof ConnectionError) return toResponse(cut(context, lifetime.givenUp, error.cause))
        throw error
      }
    },
  }
}

const isEventStream = (response: Response) => response.headers.get('content-type') === 'text/event-stream'

function createScope(
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
    isTimeout: () => lifetime.givenUp === 'timeout',
  }
}
