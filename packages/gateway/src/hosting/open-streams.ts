/** The event streams of a server that are open, so that they can be ended in order. */
export interface OpenStreams {
  /** The same response; if it is an event stream, one that can be ended. */
  readonly add: (request: Request, response: Response) => Response
  /** Ends the streams on which clients only listen: they would never end by themselves. */
  readonly endListening: () => void
  readonly end: () => void
}

/** Time in which clients take the end of their streams, in milliseconds. */
export const takingMs = 1_000

export function openStreams(): OpenStreams {
  const listening = new Set<() => void>()
  const answering = new Set<() => void>()
  const endAll = (streams: ReadonlySet<() => void>): void => {
    for (const end of streams) end()
  }
  return {
    add(request, response) {
      const { body, status, headers } = response
      if (body === null || headers.get('content-type')?.startsWith('text/event-stream') !== true)
        return response
      const open = request.method === 'GET' ? listening : answering
      return new Response(endable(body, open), { status, headers })
    },
    endListening: () => endAll(listening),
    end() {
      endAll(listening)
      endAll(answering)
    },
  }
}

/** A copy of a stream that is among the open ones, as what ends it, for as long as it is. */
function endable(body: ReadableStream<Uint8Array>, open: Set<() => void>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let end = (): void => undefined
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        end = () => {
          if (!open.delete(end)) return
          controller.close()
          void reader.cancel().catch(() => undefined)
        }
        open.add(end)
      },
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (!open.has(end)) return
          if (done) end()
          else controller.enqueue(value)
        } catch (error) {
          if (open.delete(end)) controller.error(error)
        }
      },
      cancel(reason) {
        open.delete(end)
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
