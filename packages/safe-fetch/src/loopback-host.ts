/**
 * Whether the `hostname` of a URL is this machine by a name that cannot be pointed elsewhere: `localhost`, `127.0.0.1` or
 * `[::1]`. To these alone Portico talks over plain http, for local work.
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}
