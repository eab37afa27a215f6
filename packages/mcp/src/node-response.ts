import type { ServerResponse } from 'node:http'

import type { NodeClient } from './node-client.ts'

/** Writes a Fetch response; a client that does not read makes the body wait. */
export async function writeResponse(client: NodeClient, { status, headers, body }: Response): Promise<void> {
  const { response } = client
  client.begin(status, Object.fromEntries(headers))
  response.flushHeaders()
  if (body === null) {
    response.end()
    return
  }
  const reader = body.getReader()
  response.once('close', () => void reader.cancel().catch(() => {}))
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (!response.write(next.value)) await drained(response)
    }
    response.end()
  } catch {
    response.destroy() // the body has told whoever watches it; the client sees the cut
  }
}

/** Leaves no listener behind: a long stream waits thousands of times. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed) return resolve()
    const go = () => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
