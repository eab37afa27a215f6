import type { ServerResponse } from 'node:http'

import type { Exchange } from './exchange.ts'
import { writeResponse } from './node-response.ts'
import type { Translation } from './request-context.ts'

/** A translation, which is made of several upstream requests, over Fetch objects: their cost is not what counts there. */
export async function translateToNode(
  exchange: Exchange,
  translation: Translation,
  response: ServerResponse,
): Promise<void> {
  const client = new AbortController()
  const leave = () => client.abort()
  response.once('close', leave)
  if (response.destroyed) leave()
  await writeResponse(response, await exchange.translate(translation, client.signal))
  response.off('close', leave)
}
