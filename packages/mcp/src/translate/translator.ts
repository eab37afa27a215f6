import { type Answer, toResponse } from '../answer.ts'
import { ConnectionError } from '../connection-error.ts'
import type { ExchangeOptions } from '../exchange-options.ts'
import type { Send } from '../fetch-upstream.ts'
import type { Lifespan } from '../lifespan.ts'
import { type GivenUp, startLifetime } from '../lifetime.ts'
import type { CheckedLimits } from '../limits.ts'
import type { RequestContext, Translation } from '../request-context.ts'
import { responseRewrite } from '../response-plan.ts'
import type { StreamCount } from '../stream-count.ts'
import { endingOfAnswer } from '../watched-calls.ts'
import { messageResponse } from './message-response.ts'
import { createModernToSession } from './modern-to-session.ts'
import { createSessionToModern } from './session-to-modern.ts'
import { createTranslationScope } from './translation-scope.ts'
import { AnsweredError } from './upstream-caller.ts'

/** Answers messages whose era the upstream does not speak (PROXY-08). */
export interface Translator {
  translate(translation: Translation, client: AbortSignal): Promise<Response>
}

export interface TranslatorOptions {
  readonly exchange: ExchangeOptions
  readonly send: Send
  readonly limits: CheckedLimits
  readonly streams: StreamCount
  readonly lifespan: (translation: Translation) => Lifespan
  readonly cut: (context: RequestContext, givenUp: GivenUp, error: unknown) => Answer
  readonly broken: (
    context: Pick<RequestContext, 'requestId' | 'call'>,
    givenUp: GivenUp,
    error: unknown,
  ) => void
}

export function createTranslator(options: TranslatorOptions): Translator {
  const { exchange, send, limits, streams, lifespan, cut, broken } = options
  const modernToSession = createModernToSession(limits)
  const sessionToModern = createSessionToModern(exchange, (error) =>
    broken({ requestId: undefined, call: undefined }, undefined, error),
  )

  return {
    async translate(translation, client) {
      const { context, method } = translation
      // TL-09: in the session eras a disconnect of a POST says nothing; only the clock and `notifications/cancelled` do.
      const isDetached = context.era === 'legacy' && method === 'POST'
      const lifetime = startLifetime(
        lifespan(translation),
        isDetached ? new AbortController().signal : client,
      )
      let isCounted = false
      const onEnd = (error?: unknown) => {
        lifetime.end()
        if (isCounted) streams.release(context.caller)
        isCounted = false
        if (error !== undefined) broken(context, lifetime.givenUp(), error)
        context.call?.end(lifetime.givenUp() === 'client_left' ? 'client_left' : 'no_answer')
      }
      try {
        const scope = createTranslationScope(exchange, send, context, lifetime)
        const translated = await (context.era === 'modern' ? modernToSession : sessionToModern)(
          translation,
          scope,
        )
        if ('status' in translated) {
          context.call?.end(endingOfAnswer(translated))
          onEnd()
          return toResponse(translated, context.requestId)
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
        return toResponse(full, context.requestId)
      } catch (error) {
        lifetime.end()
        if (error instanceof AnsweredError) {
          context.call?.end(endingOfAnswer(error.answer))
          return toResponse(error.answer, context.requestId)
        }
        if (error instanceof ConnectionError) {
          return toResponse(cut(context, lifetime.givenUp(), error.cause), context.requestId)
        }
        context.call?.end('no_answer')
        throw error
      }
    },
  }
}

const isEventStream = (response: Response) => response.headers.get('content-type') === 'text/event-stream'
