import { ConnectionError } from './connection-error.ts'
import type { Exchange } from './exchange.ts'
import type { Incoming } from './interpret-response.ts'
import type { NodeClient } from './node-client.ts'
import { type NodeLifetime, startNodeLifetime } from './node-lifetime.ts'
import { streamToClient } from './node-stream.ts'
import { translateToNode } from './node-translate.ts'
import type { RequestUpstream, UpstreamResponse } from './node-upstream.ts'
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
  const lifetime = startNodeLifetime(exchange.lifespan(outgoing), client.response)
  let upstream: UpstreamResponse | undefined
  try {
    let sent = outgoing
    for (;;) {
      upstream = await requestUpstream(sent, lifetime)
      const decision = exchange.interpret(sent, upstream)
      const incoming = decision instanceof Promise ? await decision : decision
      if (incoming.kind !== 'retry') {
        const handing = handOn(exchange, sent, upstream, incoming, client, lifetime)
        return handing === undefined ? undefined : await handing
      }
      upstream.discard()
      sent = incoming.outgoing
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) {
      upstream?.discard()
      outgoing.context.call?.end('no_answer')
      throw error
    }
    client.answer(exchange.cut(outgoing.context, lifetime.givenUp(), error.cause))
  } finally {
    lifetime.end()
  }
}

/** Settles when the client has all of it; undefined where that is so at once. */
function handOn(
  exchange: Exchange,
  outgoing: Outgoing,
  upstream: UpstreamResponse,
  incoming: Exclude<Incoming, { kind: 'retry' }>,
  client: NodeClient,
  lifetime: NodeLifetime,
): Promise<void> | undefined {
  switch (incoming.kind) {
    case 'stream':
      return streamToClient(exchange, outgoing, upstream, incoming, client, (error) => {
        exchange.broken(outgoing.context, lifetime.givenUp(), error)
      })
    case 'collect':
      return collect(exchange, upstream, incoming, client)
    case 'answer':
      upstream.discard()
      client.answer(incoming.answer)
      return undefined
  }
}

async function collect(
  exchange: Exchange,
  upstream: UpstreamResponse,
  { maxBytes, finish }: Incoming & { kind: 'collect' },
  client: NodeClient,
): Promise<void> {
  const finished = finish(await upstream.text(maxBytes))
  if (isTranslation(finished)) return translateToNode(exchange, finished, client)
  client.answer(finished)
}
