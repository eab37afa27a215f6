/** Hosts that this machine may not have: IPv6 is switched off in many containers. */
const absent = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/**
 * Listens on one port under several addresses of this machine, because `localhost` may mean any of them (TR-19).
 *
 * @param listen rejects with a `code`, as node:net does
 * @param port 0 for any free one
 * @throws what `listen` reports when the port is taken, or none of the addresses exists
 */
export async function listenOnEach<Server>(
  hosts: readonly string[],
  port: number,
  listen: (host: string, port: number) => Promise<{ readonly server: Server; readonly port: number }>,
  stop: (server: Server) => unknown,
): Promise<{ readonly servers: readonly Server[]; readonly port: number }> {
  const servers: Server[] = []
  let chosen = port
  let missing: unknown
  const addresses = new Set(hosts)
  for (const host of addresses) {
    try {
      const listening = await listen(host, chosen)
      chosen = listening.port
      servers.push(listening.server)
    } catch (error) {
      if (error instanceof Error && 'code' in error && absent.has(String(error.code))) {
        missing = error
        // The whole network of a machine that has no IPv6.
        if (host === '::') addresses.add('0.0.0.0')
        continue
      }
      for (const server of servers) stop(server)
      throw error
    }
  }
  if (servers.length === 0) throw missing
  return { servers, port: chosen }
}
