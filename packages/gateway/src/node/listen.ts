import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on one address; rejects with what the system reports. */
export function listen(
  server: Server,
  host: string,
  port: number,
): Promise<{ readonly server: Server; readonly port: number }> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, ipv6Only: host === '::1' }, () => {
      server.off('error', reject)
      resolve({ server, port: (server.address() as AddressInfo).port })
    })
  })
}
