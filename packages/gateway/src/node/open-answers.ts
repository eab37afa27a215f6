import type { Server, ServerResponse } from 'node:http'

import { takingMs } from '../hosting/open-streams.ts'

/** The answers that a server has not completed, so that those which end late or never can be ended in order. */
export interface OpenAnswers {
  readonly add: (response: ServerResponse) => void
  /** Ends the streams on which clients only listen: they would never end by themselves. */
  readonly endListening: () => void
  /** Ends all event streams, and cuts off everything else. */
  readonly end: (server: Server) => void
}

export function openAnswers(): OpenAnswers {
  const open = new Set<ServerResponse>()
  return {
    add(response) {
      open.add(response)
      response.once('close', () => open.delete(response))
    },
    endListening() {
      for (const response of open) if (response.req.method === 'GET') endStream(response)
    },
    end(server) {
      for (const response of open) if (!endStream(response)) response.destroy()
      setTimeout(() => server.closeAllConnections(), takingMs).unref()
    },
  }
}

/**
 * A stream that ends tells its client to connect again, to another gateway; one that breaks looks like a fault. What of
 * an event has not been sent is ignored by clients (HTML, "Interpreting an event stream").
 */
function endStream(response: ServerResponse): boolean {
  const accepts = response.req.headers.accept?.includes('text/event-stream') === true
  if (!accepts || !response.headersSent || !response.chunkedEncoding) return false
  // What comes from the upstream before the end has been sent has nowhere to go.
  response.on('error', () => undefined)
  response.end()
  return true
}
