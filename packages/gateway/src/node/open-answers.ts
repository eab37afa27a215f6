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
  // Places that are taken again, and no set: with every request a set outgrows its table, and each old table keeps the
  // next one alive, and with it the answers of that time, until a full collection.
  const places: (ServerResponse | undefined)[] = []
  const free: number[] = []
  const open = () => places.filter((response) => response !== undefined)
  return {
    add(response) {
      const place = free.pop() ?? places.length
      places[place] = response
      response.on('close', () => {
        places[place] = undefined
        free.push(place)
      })
    },
    endListening() {
      for (const response of open()) if (response.req.method === 'GET') endStream(response)
    },
    end(server) {
      for (const response of open()) if (!endStream(response)) response.destroy()
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
