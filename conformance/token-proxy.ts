import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that signs in on behalf of a suite which cannot. */
export interface TokenProxy {
  readonly url: string
  close(): Promise<void>
}

/**
 * Passes every request on with an access token, byte for byte otherwise. Only where `Host` and `Origin` name the proxy
 * itself do they become the gateway's: names that the suite made up must arrive as they are.
 *
 * @param accessToken asked before each request
 */
export async function startTokenProxy(
  target: string,
  accessToken: () => Promise<string>,
): Promise<TokenProxy> {
  const { host: targetHost, origin: targetOrigin, pathname } = new URL(target)
  const server = createServer((incoming, outgoing) => {
    const forward = async (): Promise<void> => {
      const headers = { ...incoming.headers, authorization: `Bearer ${await accessToken()}` }
      if (headers.host === ownHost()) headers.host = targetHost
      if (headers.origin === `http://${ownHost()}`) headers.origin = targetOrigin
      const onward = send(target, { method: incoming.method, headers, agent: false }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        outgoing.flushHeaders()
        answer.pipe(outgoing)
      })
      onward.on('error', (error) => outgoing.destroy(error))
      outgoing.on('close', () => onward.destroy())
      incoming.pipe(onward)
    }
    forward().catch((error: unknown) => outgoing.writeHead(502).end(String(error)))
  })
  const ownHost = (): string => `127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://${ownHost()}${pathname}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      }),
  }
}
