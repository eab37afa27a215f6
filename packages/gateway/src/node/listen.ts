import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Hosts that this machine may not have: IPv6 is switched off in many containers. */
const absent = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/**
 * Listens on one port under several addresses of this machine, because `localhost` may mean any of them (TR-19).
 *
 * @param createServer makes one server for each address
 * @param port 0 for any free one
 * @throws what `listen` reports when the port is taken, or none of the addresses exists
 */
export async function listen(
  createServer: () => Server,
  hosts: readonly string[],
  port: number,
): Promise<{ readonly servers: readonly Server[]; readonly port: number }> {
  const servers: Server[] = []
  let chosen = port
  let missing: unknown
  for (const host of hosts) {
    const server = createServer()
    try {
      await listenOn(server, host, chosen)
    } catch (error) {
      if (error instanceof Error && 'code' in error && absent.has(String(error.code))) {
        missing = error
        continue
      }
      for (const other of servers) other.close()
      throw error
    }
    chosen = (server.address() as AddressInfo).port
    servers.push(server)
  }
  if (servers.length === 0) throw missing
  return { servers, port: chosen }
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, ipv6Only: host === '::1' }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
