import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/**
 * `open`: everything passes. `slow`: everything passes, late. `silent`: connections stand and carry nothing, as behind a
 * cut cable.
 */
export type LinkState = 'open' | 'slow' | 'silent'

/** A connection between gateways and their storage that a test can spoil. */
export interface TcpProxy {
  readonly port: number
  readonly set: (state: LinkState) => void
  readonly close: () => Promise<void>
}

export interface TcpProxyOptions {
  /** Where the server is, e.g. `redis://127.0.0.1:6379`. */
  readonly url: string
  /** How late everything is on a slow link. */
  readonly delayMs?: number
}

export async function startTcpProxy({ url, delayMs = 150 }: TcpProxyOptions): Promise<TcpProxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let state: LinkState = 'open'

  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (chunk) => pass(from, to, chunk))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })

  /** What was underway when the link fell silent is lost with its connection: nothing overtakes anything. */
  function pass(from: Socket, to: Socket, chunk: Buffer): void {
    if (state === 'silent') return
    if (state !== 'slow') return void to.write(chunk)
    from.pause()
    setTimeout(() => {
      if (!to.destroyed) to.write(chunk)
      from.resume()
    }, delayMs)
  }

  function endConnections(): void {
    for (const socket of sockets) socket.resetAndDestroy()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    set(next) {
      const wasSilent = state === 'silent'
      state = next
      // Bytes were lost: what went on here would be nonsense.
      if (wasSilent) endConnections()
    },
    async close() {
      server.close()
      endConnections()
      await once(server, 'close')
    },
  }
}
