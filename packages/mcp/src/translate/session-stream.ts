import type { JsonObject } from '../json-rpc.ts'
import { AnsweredError, type UpstreamCaller, type UpstreamReply } from './upstream-caller.ts'

/** Takes a request of the upstream into a call. */
export type Inject = (message: JsonObject) => void

/**
 * The GET stream of a session. Upstreams should ask about a call on the call's own stream, and many ask here instead: while
 * exactly one call is under way, there is no doubt which one is meant.
 */
export interface SessionStream {
  /** Opens the stream, if it is not, and returns what closes it when nobody needs it any more. */
  join(inject: Inject, open: OpenStream, decline: Inject): Promise<() => void>
}

/** Opens the stream until `signal` ends it. */
export type OpenStream = (signal: AbortSignal) => UpstreamCaller

/** Some upstreams send no head before the first event: a call does not wait for that. */
const maxHeadMs = 1_000

export function createSessionStream(headers: Readonly<Record<string, string>>): SessionStream {
  const calls = new Set<Inject>()
  let opened: { readonly abort: () => void; readonly head: Promise<void> } | undefined

  const listen = async (messages: AsyncIterable<JsonObject>, decline: Inject): Promise<void> => {
    for await (const message of messages) {
      if (!('method' in message && 'id' in message)) continue
      const [only] = calls
      if (only !== undefined && calls.size === 1) only(message)
      else decline(message)
    }
  }
  const start = (open: OpenStream, decline: Inject) => {
    const controller = new AbortController()
    // A stream that cannot be opened, or that either side has closed, is opened again by the next call.
    const over = () => {
      if (opened === started) opened = undefined
    }
    const head = openStream(open(controller.signal), headers).then((reply) => {
      if (reply !== undefined) void listen(reply.messages, decline).then(over, over)
    }, over)
    const started = { abort: () => controller.abort(), head }
    return started
  }

  return {
    async join(inject, open, decline) {
      calls.add(inject)
      opened ??= start(open, decline)
      await orTimeout(opened.head, maxHeadMs)
      return () => {
        calls.delete(inject)
        if (calls.size > 0) return
        opened?.abort()
        opened = undefined
      }
    },
  }
}

async function orTimeout(promise: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise, timeout])
  clearTimeout(timer)
}

/** The stream, or undefined where the upstream has none. */
export async function openStream(
  upstream: UpstreamCaller,
  headers: Readonly<Record<string, string>>,
): Promise<UpstreamReply | undefined> {
  try {
    return await upstream.call('GET', undefined, headers)
  } catch (error) {
    if (error instanceof AnsweredError) return undefined
    throw error
  }
}
