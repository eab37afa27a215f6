/** What the world calls the gateway. */
export const publicUrl = 'https://mcp.example.com'

/** Public origins of servers that listen on loopback, each behind a proxy that ends TLS. */
export type Names = Readonly<Record<string, string>>

/** What a server behind the proxy gets to see of a request to its public name. */
export function behindProxy(
  names: Names,
  address: string | URL,
  sent?: HeadersInit,
): { readonly url: string; readonly headers: Headers } {
  const { origin, host, pathname, search } = new URL(address)
  const headers = new Headers(sent)
  const target = names[origin]
  if (target === undefined) return { url: String(address), headers }
  headers.set('x-forwarded-host', host)
  headers.set('x-forwarded-proto', 'https')
  return { url: `${target}${pathname}${search}`, headers }
}

/** The sign-in that every gateway of these tests has, as plain data. */
export interface SignInOptions {
  readonly logtoEndpoint: string
  readonly clientId: string
  readonly clientSecret: string
}
