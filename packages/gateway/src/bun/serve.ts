import { checkHosting } from '../hosting/check-hosting.ts'
import type { HostedGateway } from '../hosting/hosted-gateway.ts'
import { listenOnEach } from '../hosting/listen-on-each.ts'
import { observedFetch } from '../hosting/observed-fetch.ts'
import { openStreams, takingMs } from '../hosting/open-streams.ts'
import { loopbackHosts } from '../hosting/running-server.ts'
import type { HostingOptions, RunningServer } from '../hosting/running-server.ts'

/** The part of Bun's server that is used. */
interface BunServer {
  readonly port: number
  requestIP(request: Request): { readonly address: string } | null
  /** Resolves when what is under way is over; `true` cuts it off. */
  stop(closeActiveConnections: boolean): Promise<void>
}

declare const Bun: {
  serve(options: {
    readonly hostname: string
    readonly port: number
    readonly ipv6Only: boolean
    /** Seconds that a connection may be silent; 0 is for ever. */
    readonly idleTimeout: number
    /** Whether clients see the source and stack of what was thrown; by default unless NODE_ENV is production. */
    readonly development: boolean
    /** Whether other processes may listen on the same port; by default where `development` is false. */
    readonly reusePort: boolean
    readonly fetch: (request: Request, server: BunServer) => Promise<Response>
  }): BunServer
}

/**
 * Serves a gateway, or its `admin`, on Bun, over `Bun.serve` and Bun's own fetch.
 *
 * @throws {TypeError} when an option is wrong, and what `Bun.serve` reports when the port is taken
 */
export async function serve(gateway: HostedGateway, options: HostingOptions): Promise<RunningServer> {
  checkHosting(options)
  const { port, hosts = loopbackHosts, drainSeconds = 10 } = options
  const streams = openStreams()
  const fetch = observedFetch(gateway, options, streams)
  const listening = await listenOnEach(
    hosts,
    port,
    async (hostname, chosen) => {
      const server = Bun.serve({
        hostname,
        port: chosen,
        ipv6Only: hostname === '::1',
        // Event streams are silent for as long as nothing happens.
        idleTimeout: 0,
        development: false,
        reusePort: false,
        fetch: (request, self) =>
          fetch(request, self.requestIP(request)?.address, () => request.signal.aborted),
      })
      return { server, port: server.port }
    },
    (server) => server.stop(true),
  )

  const close = async () => {
    await gateway.close()
    streams.endListening()
    const cutOff = () => {
      for (const server of listening.servers) void server.stop(true)
    }
    let limit = setTimeout(() => {
      streams.end()
      limit = setTimeout(cutOff, takingMs)
    }, drainSeconds * 1000)
    await Promise.all(listening.servers.map((server) => server.stop(false)))
    clearTimeout(limit)
    await gateway.finish()
  }
  let closed: Promise<void> | undefined
  return { port: listening.port, close: () => (closed ??= close()) }
}
