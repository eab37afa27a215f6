import type { BodyFilter } from './body-filter.ts'
import { eventBoundary, keepAliveComment } from './keep-alive.ts'

export interface RelayOptions {
  readonly filter: BodyFilter | undefined
  /** Milliseconds without a byte after which a comment is due; undefined for bodies that are no event stream. */
  readonly keepAliveMs: number | undefined
  /** Called once when the body has ended; with the error when it broke off. */
  readonly onEnd: (error?: unknown) => void
  /** Called in place of `onEnd` when the client takes no more. */
  readonly onCancel: () => void
}

const idle = Symbol('idle')

/** The body as the client gets it: one chunk read for one chunk taken, so that a slow client slows the upstream down. */
export function relayBody(
  body: ReadableStream<Uint8Array>,
  { filter, keepAliveMs, onEnd, onCancel }: RelayOptions,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const boundary = eventBoundary()
  let reading: ReturnType<typeof reader.read> | undefined

  const next = async () => {
    reading ??= reader.read()
    const result = keepAliveMs === undefined ? await reading : await orIdle(reading, keepAliveMs)
    if (result !== idle) reading = undefined
    return result
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          for (;;) {
            const result = await next()
            let bytes: Uint8Array | undefined
            if (result === idle) bytes = boundary.isBetweenEvents() ? keepAliveComment : undefined
            else if (result.done) bytes = filter?.end()
            else bytes = filter === undefined ? result.value : filter.push(result.value)
            if (bytes !== undefined && bytes.byteLength > 0) {
              boundary.see(bytes)
              controller.enqueue(bytes)
            }
            if (result !== idle && result.done) {
              controller.close()
              onEnd()
              return
            }
            if (bytes !== undefined && bytes.byteLength > 0) return
          }
        } catch (error) {
          onEnd(error)
          controller.error(error)
          await reader.cancel(error).catch(() => {})
        }
      },
      async cancel(reason) {
        onCancel()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

async function orIdle<Value>(promise: Promise<Value>, ms: number): Promise<Value | typeof idle> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<typeof idle>((resolve) => {
    timer = setTimeout(() => resolve(idle), ms)
  })
  try {
    return await Promise.race([promise, timeout])
  } finally {
    clearTimeout(timer)
  }
}
