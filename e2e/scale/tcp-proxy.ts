import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/**
 * `open`: everything passes. `slow`: everything passes, late. `silent`: connections stand and carry nothing, as behind a
 * cut cable. `refused`: connections are ended and none is accepted, as with a server that was stopped.
 */
export type LinkState = 'open' | 'slow' | 'silent' | 'refused'

/** A connection between gateways and their storage that a test can spoil. */
export interface TcpProxy {
  readonly port: number
  readonly set: (state: LinkState) => Promise<void>
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

  async function listen(port: number): Promise<void> {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }

  async function stop(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    endConnections()
    await closed
  }

  function endConnections(): void {
    for (const socket of sockets) socket.resetAndDestroy()
  }

  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    async set(next) {
      const wasSilent = state === 'silent'
      state = next
      if (next === 'refused') return stop()
      // Bytes were lost: what went on here would be nonsense.
      if (wasSilent) endConnections()
      if (!server.listening) await listen(port)
    },
    close: stop,
  }
}
