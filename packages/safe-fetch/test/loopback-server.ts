import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import { onTestFinished } from 'vitest'

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')

/** Signed by itself; names `rebind.example.com`, `localhost` and 127.0.0.1. */
export const certificate = fixture('loopback-certificate.pem')

/** The port of a server that lives until the test ends. */
export const serve = (listener: RequestListener): Promise<number> => listen(createServer(listener))

export const serveTls = (listener: RequestListener): Promise<number> =>
  listen(createTlsServer({ key: fixture('loopback-key.pem'), cert: certificate }, listener))

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return (server.address() as AddressInfo).port
}
