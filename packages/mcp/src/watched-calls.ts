import type { Answer } from './answer.ts'
import type { Caller } from './caller.ts'
import { isJsonObject, type JsonObject, type JsonRpcRequest } from './json-rpc.ts'
import type { UpstreamFailure } from './upstream-failure.ts'

/** How a tool call ended, as its client sees it. */
export type CallEnding =
  | 'ok'
  /** The tool wants to hear more from the user first. */
  | 'input_required'
  /** The tool says itself that it failed (`isError`). */
  | 'tool_error'
  /** The upstream answered with a JSON-RPC error. */
  | 'rpc_error'
  /** An account has to be connected again first. */
  | 'connect_required'
  /** The stream ended, or broke, before there was an answer. */
  | 'no_answer'
  | 'client_left'
  | UpstreamFailure

/** A tool call that is over. */
export interface AnsweredCall {
  readonly tool: string
  readonly caller: Caller
  readonly ending: CallEnding
  /** From the request to the upstream to the end of its answer. */
  readonly durationMs: number
  /** What the host calls the client's request. */
  readonly requestId?: string | undefined
}

/** A tool call that the upstream has been asked for. */
export interface WatchedCall {
  /** Looks at a message on its way back: an answer says by itself how the call ended. */
  see(message: JsonObject): void
  /** It is over; only the first time counts, and `ending` where no answer has been seen. */
  end(ending: CallEnding): void
}

/** Begins to watch a request where it is a tool call and somebody wants to know. */
export function watchCall(
  onAnswered: ((call: AnsweredCall) => void) | undefined,
  request: JsonRpcRequest | undefined,
  caller: Caller,
  requestId: string | undefined,
): WatchedCall | undefined {
  if (onAnswered === undefined || request?.method !== 'tools/call') return undefined
  const start = performance.now()
  let seen: CallEnding | undefined
  let isOver = false
  const name = request.params?.['name']
  return {
    see(message) {
      if (message['id'] === request.id && !('method' in message)) seen = endingOf(message)
    },
    end(ending) {
      if (isOver) return
      isOver = true
      onAnswered({
        tool: typeof name === 'string' ? name : '',
        caller,
        ending: seen ?? ending,
        durationMs: performance.now() - start,
        requestId,
      })
    },
  }
}

function endingOf({ result, error }: JsonObject): CallEnding {
  if (error !== undefined || !isJsonObject(result)) return 'rpc_error'
  if (result['resultType'] === 'input_required') return 'input_required'
  return result['isError'] === true ? 'tool_error' : 'ok'
}

/** What an answer that the proxy has made, or passes on unread, says about the call. */
export function endingOfAnswer({ status, error }: Answer): CallEnding {
  const data = error?.error.data
  // Failures of the upstream name themselves (G07); other errors of ours are about its session.
  if (isJsonObject(data) && typeof data['reason'] === 'string') return data['reason'] as UpstreamFailure
  if (error !== undefined || status >= 400) return 'rpc_error'
  return status === 200 ? 'ok' : 'no_answer'
}
