import type { Endpoint } from './endpoint.ts'

/**
 * An endpoint whose modules are read when its first request comes: a start reads what it needs itself, and what a server is
 * never asked for is never read.
 */
export function loadedEndpoint(load: () => Promise<Endpoint>): Endpoint {
  let loaded: Endpoint | undefined
  return async (c, context) => {
    // The endpoint is kept, not the promise of it: on Workers one request must not wait for what another began.
    loaded ??= await load()
    return loaded(c, context)
  }
}
