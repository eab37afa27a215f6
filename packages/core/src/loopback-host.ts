/** Whether a URL's `hostname` is this machine by a literal that cannot be pointed elsewhere, or `localhost`. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost'
}
