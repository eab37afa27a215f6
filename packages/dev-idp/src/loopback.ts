const loopbackHosts = new Set(['127.0.0.1', 'localhost', '::1', '[::1]'])

/** Whether a host name or address is this machine only. */
export function isLoopbackHost(host: string): boolean {
  return loopbackHosts.has(host.toLowerCase()) || /^127(\.\d{1,3}){3}$/.test(host)
}

/** The host of a `Host` header or of a URL's authority, without its port. */
export function withoutPort(authority: string): string {
  return authority.replace(/:\d+$/, '')
}
