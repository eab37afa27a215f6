const pauseMs = 1000

/**
 * `GET /healthz`: the process lives. As an event stream it says so twice, a second apart, by which `portico doctor` finds
 * out whether something in front of the gateway holds events back.
 */
export function liveness(request: Request): Response {
  const headers = { 'cache-control': 'no-store' }
  if (request.headers.get('accept') !== 'text/event-stream') {
    return Response.json({ status: 'ok' }, { headers })
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode('event: first\ndata: ok\n\n'))
      timer = setTimeout(() => {
        controller.enqueue(encoder.encode('event: last\ndata: ok\n\n'))
        controller.close()
      }, pauseMs)
    },
    cancel() {
      clearTimeout(timer)
    },
  })
  return new Response(body, {
    headers: { ...headers, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
  })
}
