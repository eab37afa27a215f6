import { BlockList, isIP } from 'node:net'

/** What is known about who sent a request. */
export interface Sender {
  /** The address at the other end of the connection, if there is one. */
  readonly peer: string | undefined
  /** A header of the request by its lower-case name; several of a kind joined by commas. */
  readonly header: (name: 'forwarded' | 'x-forwarded-for') => string | undefined
}

/** Tells who sent a request: the peer, or who a trusted proxy says it was; `undefined` where there is no address. */
export type ClientAddress = (sender: Sender) => string | undefined

/**
 * SEC-12: `X-Forwarded-For`, or where there is none `Forwarded` (RFC 7239), counts only as far as trusted proxies wrote
 * it: read from the right, the first address that is none of theirs is the client. In this order, because most proxies
 * write the former and let the latter through as the client sent it.
 *
 * @param trustedProxies addresses and ranges, e.g. `10.0.0.7` or `10.0.0.0/8`
 * @throws {TypeError} naming an entry that is neither
 */
export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = addressList(trustedProxies)
  const isTrusted = (address: string) =>
    trustedProxies.length > 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return ({ peer, header }) => {
    let client = plainAddress(peer ?? '')
    if (isIP(client) === 0) return undefined
    if (!isTrusted(client)) return client
    const hops = header('x-forwarded-for')?.split(',') ?? forwardedFor(header('forwarded'))
    while (isTrusted(client)) {
      const next = plainAddress(withoutPort(hops.pop()?.trim() ?? ''))
      if (isIP(next) === 0) break
      client = next
    }
    return client
  }
}

/** RFC 7239 §4: the `for` of every hop, in order. */
function forwardedFor(forwarded = ''): string[] {
  return forwarded.split(',').map((hop) => {
    const node = /(?:^|;)\s*for=(?:"([^"]*)"|([^;\s]*))/i.exec(hop)
    return node?.[1] ?? node?.[2] ?? ''
  })
}

/** An address may have a port, and IPv6 then stands in brackets: some proxies write `X-Forwarded-For` like that, too. */
function withoutPort(node: string): string {
  return node.replace(/^\[([^\]]*)\](?::\d+)?$|^([^:]*):\d+$/, '$1$2')
}

/** Tells whether the other end of a connection is a trusted proxy. */
export function trustedPeers(trustedProxies: readonly string[]): (peer: string | undefined) => boolean {
  const trusted = addressList(trustedProxies)
  return (peer = '') => {
    const address = plainAddress(peer)
    const family = isIP(address)
    return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

function addressList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits, ...rest] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    try {
      // `Number` would read nothing after the slash as 0, which is everybody.
      if (rest.length > 0 || !/^\d{1,3}$/.test(bits ?? '0'))
        throw new RangeError('not the length of a prefix')
      if (bits === undefined) list.addAddress(address, family)
      else list.addSubnet(address, Number(bits), family)
    } catch (cause) {
      throw new TypeError(
        `trustedProxies: "${range}" is neither an address nor a range. Use "10.0.0.0/8", for example.`,
        { cause },
      )
    }
  }
  return list
}

/** An IPv4 address as such, also where the socket listens on IPv6. */
function plainAddress(address: string): string {
  return address.startsWith('::') ? address.replace(/^::ffff:(?=\d+\.)/i, '') : address
}
