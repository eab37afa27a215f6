/**
 * An endpoint whose modules are read when its first request comes: a start reads what it needs itself, and what a server is
 * never asked for is never read.
 */
export function loadedEndpoint<Asked extends readonly unknown[], Answered>(
  load: () => Promise<(...asked: Asked) => Answered | Promise<Answered>>,
): (...asked: Asked) => Answered | Promise<Answered> {
  let loaded: Awaited<ReturnType<typeof load>> | undefined
  // The endpoint is kept, not the promise of it: on Workers one request must not wait for what another began.
  return (...asked) => (loaded ? loaded(...asked) : load().then((endpoint) => (loaded = endpoint)(...asked)))
}
