import { checkHosting } from '../hosting/check-hosting.ts'
import type { HostedGateway } from '../hosting/hosted-gateway.ts'
import { listenOnEach } from '../hosting/listen-on-each.ts'
import { observedFetch } from '../hosting/observed-fetch.ts'
import { openStreams, takingMs } from '../hosting/open-streams.ts'
import { loopbackHosts } from '../hosting/running-server.ts'
import type { HostingOptions, RunningServer } from '../hosting/running-server.ts'

/** The part of Deno's server that is used. */
interface DenoServer {
  readonly addr: { readonly port: number }
  /** Resolves when what is under way is over. */
  shutdown(): Promise<void>
}

declare const Deno: {
  serve(
    options: {
      readonly hostname: string
      readonly port: number
      /** Cuts off what is under way. */
      readonly signal: AbortSignal
      readonly onListen: () => void
    },
    handler: (
      request: Request,
      info: { readonly remoteAddr: { readonly hostname?: string } },
    ) => Promise<Response>,
  ): DenoServer
}

/**
 * Serves a gateway, or its `admin`, on Deno, over `Deno.serve` and Deno's own fetch.
 *
 * @throws {TypeError} when an option is wrong, and what `Deno.serve` reports when the port is taken
 */
export async function serve(gateway: HostedGateway, options: HostingOptions): Promise<RunningServer> {
  checkHosting(options)
  const { port, hosts = loopbackHosts, drainSeconds = 10 } = options
  const streams = openStreams()
  const fetch = observedFetch(gateway, options, streams)
  const cutOff = new AbortController()
  const listening = await listenOnEach(
    hosts,
    port,
    async (hostname, chosen) => {
      const server = Deno.serve(
        // Deno would print a line about every address.
        { hostname, port: chosen, signal: cutOff.signal, onListen: () => {} },
        (request, { remoteAddr }) => fetch(request, remoteAddr.hostname),
      )
      return { server, port: server.addr.port }
    },
    (server) => server.shutdown(),
  )

  const close = async () => {
    await gateway.close()
    streams.endListening()
    let limit = setTimeout(() => {
      streams.end()
      limit = setTimeout(() => cutOff.abort(), takingMs)
    }, drainSeconds * 1000)
    await Promise.all(listening.servers.map((server) => server.shutdown()))
    clearTimeout(limit)
    await gateway.finish()
  }
  let closed: Promise<void> | undefined
  return { port: listening.port, close: () => (closed ??= close()) }
}
