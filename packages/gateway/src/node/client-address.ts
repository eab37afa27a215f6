import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Tells who sent a request: the peer, or who a trusted proxy says it was; `undefined` where there is no address. */
export type ClientAddress = (request: IncomingMessage) => string | undefined

/**
 * SEC-12: `X-Forwarded-For` counts only as far as trusted proxies wrote it: read from the right, the first address that
 * is none of theirs is the client.
 *
 * @param trustedProxies addresses and ranges, e.g. `10.0.0.7` or `10.0.0.0/8`
 * @throws {TypeError} naming an entry that is neither
 */
export function clientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trusted = addressList(trustedProxies)
  const isTrusted = (address: string) => trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  return ({ socket, headers }) => {
    const peer = plainAddress(socket.remoteAddress ?? '')
    if (isIP(peer) === 0) return undefined
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',')
    let client = peer
    while (isTrusted(client)) {
      const next = plainAddress(forwarded.pop()?.trim() ?? '')
      if (isIP(next) === 0) break
      client = next
    }
    return client
  }
}

function addressList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    try {
      if (bits === undefined) list.addAddress(address, family)
      else list.addSubnet(address, Number(bits), family)
    } catch (cause) {
      throw new TypeError(
        `trustedProxies: "${range}" is neither an address nor a range. Use "10.0.0.0/8", for example.`,
        {
          cause,
        },
      )
    }
  }
  return list
}

/** An IPv4 address as such, also where the socket listens on IPv6. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}
