import { type Answer, errorAnswer } from './answer.ts'
import type { AtOnce } from './at-once.ts'
import type { Caller } from './caller.ts'
import type { CapabilityPolicy } from './capability-policy.ts'
import { ClientGoneError } from './client-gone-error.ts'
import type { ClientRequest } from './client-request.ts'
import type { ExchangeOptions } from './exchange-options.ts'
import type { Send } from './fetch-upstream.ts'
import { type Incoming, interpretResponse, type UpstreamHead } from './interpret-response.ts'
import { errorCodes } from './json-rpc.ts'
import type { JudgedMessage } from './judge-message.ts'
import type { Lifespan } from './lifespan.ts'
import type { GivenUp } from './lifetime.ts'
import { checkLimits, type CheckedLimits, type Limits } from './limits.ts'
import { type Prepared, prepareRequest } from './prepare-request.ts'
import type { Outgoing, RequestContext, Translation } from './request-context.ts'
import type { RequestStates } from './request-states.ts'
import type { SessionBinding } from './session-binding.ts'
import { type StreamCount, streamCount } from './stream-count.ts'
import type { TaskBinding } from './task-binding.ts'
import { probeEra } from './translate/probe-era.ts'
import { createTranslator } from './translate/translator.ts'
import { createUpstreamEras } from './translate/upstream-eras.ts'
import { upstreamFailure } from './upstream-failure.ts'
import type { Upstream } from './upstream.ts'
import { watchIncoming } from './watch-incoming.ts'
import type { AnsweredCall } from './watched-calls.ts'

/** What a proxy is made of, whatever transport carries it. */
export interface McpProxyOptions {
  readonly upstream: Upstream
  /** Ties the sessions of the session eras to user and client, e.g. `sealedSessions(vault, route)`. */
  readonly sessions: SessionBinding
  /** Decides who may use what; without it everything passes. */
  readonly policy?: CapabilityPolicy | undefined
  /** Binds the upstream's `requestState` to user and request, e.g. `signedRequestStates(…)`; without it they pass as they are. */
  readonly requestStates?: RequestStates | undefined
  /** Binds the upstream's tasks to user and client, e.g. `signedTasks(…)`; without it their ids pass as they are. */
  readonly tasks?: TaskBinding | undefined
  /**
   * Tells whether a caller still has access, every so many milliseconds while a GET stream or a subscription is open; it
   * ends when they have not (RS-19). `openSince` is Unix seconds. A rejection says nothing.
   */
  readonly access?:
    | {
        readonly everyMs: number
        readonly holds: (caller: Caller, openSince: number) => Promise<boolean>
      }
    | undefined
  /** Told about every request and notification of a client, and what was decided about it; must not throw. */
  readonly onMessage?: ((message: JudgedMessage) => void) | undefined
  /** Told when an event stream to a client begins (1), and when it is over (−1); must not throw. */
  readonly onStreams?: ((change: 1 | -1) => void) | undefined
  /** Told how every tool call that went to the upstream has ended; those in batches excepted. Must not throw. */
  readonly onAnswered?: ((call: AnsweredCall) => void) | undefined
  readonly limits?: Limits | undefined
  /** Told about every failure that the client sees as a gateway error, and during which request; never told a token. */
  readonly onError?: ((error: unknown, requestId?: string) => void) | undefined
  /** Unix seconds. */
  readonly now?: (() => number) | undefined
}

/** The decisions of the proxy, without input and output: every transport asks the same ones. */
export interface Exchange {
  readonly limits: CheckedLimits
  readonly streams: StreamCount
  /** What to send to the upstream, or the answer that ends the request. */
  prepare(request: ClientRequest, caller: Caller): AtOnce<Prepared>
  /** What becomes of the upstream's response. */
  interpret(outgoing: Outgoing, head: UpstreamHead): AtOnce<Incoming>
  /** The response to a message that the upstream's era does not know. */
  translate(translation: Translation, client: AbortSignal): Promise<Response>
  /** The answer where the connection to the upstream ended before there was one. */
  readonly cut: (context: RequestContext, givenUp: GivenUp, error: unknown) => Answer
  /** A stream that broke off after its head: the client sees the cut, the operator hears why. */
  readonly broken: (
    context: Pick<RequestContext, 'requestId' | 'call'>,
    givenUp: GivenUp,
    error: unknown,
  ) => void
  /** The answer for trouble of our own: closed, never open. */
  unavailable(error: unknown, requestId?: string): Answer
  readonly lifespan: (exchange: Pick<Outgoing, 'method' | 'context'>) => Lifespan
}

/** @throws {TypeError} when an option is wrong */
export function createExchange(options: McpProxyOptions, send: Send): Exchange {
  const {
    upstream,
    sessions,
    policy,
    requestStates,
    tasks,
    access,
    onMessage,
    onAnswered,
    onError,
    now = () => Math.floor(Date.now() / 1000),
  } = options
  checkUpstream(upstream)
  const limits = checkLimits(options.limits)
  const eras = createUpstreamEras(upstream.era ?? 'auto', (context) => probeEra(send, context), now)
  const parts: ExchangeOptions = {
    upstream,
    sessions,
    policy,
    requestStates,
    tasks,
    onMessage,
    onAnswered,
    eras,
  }
  const streams = streamCount(limits.streamsPerSubject, options.onStreams)
  const lifespan: Exchange['lifespan'] = ({ method, context: { request, caller } }) => {
    if (method !== 'GET' && request?.method !== 'subscriptions/listen') return { ms: limits.requestMs }
    const { expiresAt = Infinity } = caller
    const openSince = now()
    return {
      ms: Math.min(limits.streamMs, Math.max(0, (expiresAt - openSince) * 1000)),
      access: access && { everyMs: access.everyMs, holds: () => access.holds(caller, openSince) },
    }
  }
  const cut: Exchange['cut'] = (context, givenUp, error) => {
    // A client that has gone is no failure, and nobody reads the answer.
    if (givenUp !== 'client_left') onError?.(error, context.requestId)
    const failure = givenUp === 'timeout' ? 'timeout' : 'unreachable'
    context.call?.end(givenUp === 'client_left' ? givenUp : failure)
    return upstreamFailure(failure, upstream.name, context)
  }
  const broken: Exchange['broken'] = ({ requestId, call }, givenUp, error) => {
    call?.end(givenUp === 'client_left' ? givenUp : 'no_answer')
    if (givenUp === undefined) onError?.(error, requestId)
  }
  const translator = createTranslator({ exchange: parts, send, limits, streams, lifespan, cut, broken })

  return {
    limits,
    streams,
    prepare: (request, caller) => prepareRequest(parts, request, caller),
    interpret: (outgoing, head) => watchIncoming(outgoing, interpretResponse(parts, outgoing, head)),
    translate: (translation, client) => translator.translate(translation, client),
    cut,
    broken,
    unavailable(error, requestId) {
      if (!(error instanceof ClientGoneError)) onError?.(error, requestId)
      const message = 'the gateway cannot serve this request at the moment'
      return errorAnswer(503, undefined, { code: errorCodes.internalError, message }, { 'retry-after': '5' })
    },
    lifespan,
  }
}

function checkUpstream({ url, name }: Upstream): void {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new TypeError(
      'upstream.url must be the absolute URL of an MCP endpoint. Use "https://mcp.example.com/mcp".',
    )
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') {
    throw new TypeError(
      'upstream.url must have neither user info nor a fragment. Send credentials through authorize.',
    )
  }
  if (name === '') throw new TypeError('upstream.name must not be empty: it is shown in errors.')
}
