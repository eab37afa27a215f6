import { type Storage, StorageUnavailableError } from '@portico/storage'
import { type LoopbackServer, serveOnLoopback } from '@portico/test-peers/node'

import type { Surroundings } from './attacked-gateway.ts'
import { meantHeader, redirectHeader, type StorageCall } from './surroundings-at.ts'

/** Serves what surrounds a gateway to the process that it runs in; whatever throws ends the connection. */
export function serveSurroundings({
  storage,
  outside,
  upstream,
  resolve,
}: Surroundings): Promise<LoopbackServer> {
  return serveOnLoopback(
    (origin) => async (request) => {
      const { pathname, search } = new URL(request.url)
      const host = request.headers.get('host')
      // On Node the gateway itself sends the request; only the connection was led here.
      if (host !== new URL(origin).host) {
        return upstream(new Request(`https://${host}${pathname}${search}`, request))
      }
      switch (pathname) {
        case '/outside':
          return outside(meant(request))
        case '/upstream':
          return upstream(meant(request))
        case '/resolve':
          return Response.json(await resolve?.(await request.text()))
        case '/storage':
          return answerStorage(storage, (await request.json()) as StorageCall)
        default:
          throw new Error(`There is no ${pathname} around a gateway.`)
      }
    },
    { onFailure: 'hang up' },
  )
}

function meant(request: Request): Request {
  const { method, body, signal } = request
  const headers = new Headers(request.headers)
  const url = headers.get(meantHeader) ?? ''
  const redirect = headers.get(redirectHeader) === 'follow' ? 'follow' : 'manual'
  for (const name of [meantHeader, redirectHeader, 'host']) headers.delete(name)
  return new Request(url, { method, headers, signal, redirect, ...(body && { body, duplex: 'half' }) })
}

async function answerStorage(storage: Storage, { verb, given }: StorageCall): Promise<Response> {
  const call = storage[verb] as (...given: readonly unknown[]) => Promise<unknown>
  try {
    return Response.json({
      result: await call.apply(
        storage,
        given.map((each) => each ?? undefined),
      ),
    })
  } catch (error) {
    if (!(error instanceof StorageUnavailableError)) throw error
    return Response.json({ unavailable: error.message })
  }
}
