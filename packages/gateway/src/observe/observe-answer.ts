import type { Activity } from './observer.ts'

/** Runs what answers a request, as an operation that is over when the answer is, and its stream with it. */
export async function observeAnswer(activity: Activity, answer: () => Promise<Response>): Promise<Response> {
  try {
    const response = await activity.run(answer)
    const { status, headers, body } = response
    const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true
    if (isStream && body !== null)
      return new Response(endingWith(body, status, activity), { status, headers })
    activity.end({ status })
    return response
  } catch (error) {
    activity.end({ error })
    throw error
  }
}

/** The same stream, with an operation that ends when it does. */
function endingWith(
  body: ReadableStream<Uint8Array>,
  status: number,
  activity: Activity,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          // What is read may say what happened, and to which request.
          const { done, value } = await activity.run(() => reader.read())
          if (!done) return controller.enqueue(value)
          activity.end({ status })
          controller.close()
        } catch (error) {
          activity.end({ status, error })
          controller.error(error)
        }
      },
      cancel(reason) {
        activity.end({ status })
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
