import { ConnectionError } from './connection-error.ts'
import type { Exchange } from './exchange.ts'
import type { NodeClient } from './node-client.ts'
import { type NodeLifetime, startNodeLifetime } from './node-lifetime.ts'
import { streamToClient } from './node-stream.ts'
import { translateToNode } from './node-translate.ts'
import type { RequestUpstream } from './node-upstream.ts'
import { isTranslation, type Outgoing } from './request-context.ts'

/**
 * Sends a request to the upstream and its response to the client; settles when both are over. TR-10: a client that leaves
 * ends the upstream request; in the session eras that is a mere disconnect (TL-09).
 */
export async function relay(
  exchange: Exchange,
  outgoing: Outgoing,
  requestUpstream: RequestUpstream,
  client: NodeClient,
): Promise<void> {
  const lifetime = startNodeLifetime(exchange.lifetimeMs(outgoing), client.response)
  try {
    await exchangeOnce(exchange, outgoing, requestUpstream, client, lifetime)
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    client.answer(exchange.cut(outgoing.context, lifetime.givenUp(), error.cause))
  } finally {
    lifetime.end()
  }
}

async function exchangeOnce(
  exchange: Exchange,
  outgoing: Outgoing,
  requestUpstream: RequestUpstream,
  client: NodeClient,
  lifetime: NodeLifetime,
): Promise<void> {
  const upstream = await requestUpstream(outgoing, lifetime)
  const decision = exchange.interpret(outgoing, upstream)
  const incoming = decision instanceof Promise ? await decision : decision
  switch (incoming.kind) {
    case 'stream':
      return streamToClient(exchange, outgoing, upstream, incoming, client, (error) => {
        exchange.broken(outgoing.context, lifetime.givenUp(), error)
      })
    case 'collect': {
      const finished = incoming.finish(await upstream.text(incoming.maxBytes))
      if (isTranslation(finished)) return translateToNode(exchange, finished, client)
      return client.answer(finished)
    }
    case 'retry':
      upstream.discard()
      return exchangeOnce(exchange, incoming.outgoing, requestUpstream, client, lifetime)
    case 'answer':
      upstream.discard()
      return client.answer(incoming.answer)
  }
}
