import type { Exchange } from './exchange.ts'
import type { NodeClient } from './node-client.ts'
import { writeResponse } from './node-response.ts'
import type { Translation } from './request-context.ts'

/** A translation, which is made of several upstream requests, over Fetch objects: their cost is not what counts there. */
export async function translateToNode(
  exchange: Exchange,
  translation: Translation,
  client: NodeClient,
): Promise<void> {
  const { response } = client
  const gone = new AbortController()
  const leave = () => gone.abort()
  response.once('close', leave)
  if (response.destroyed) leave()
  await writeResponse(client, await exchange.translate(translation, gone.signal))
  response.off('close', leave)
}
