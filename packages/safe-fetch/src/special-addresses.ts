import ipaddr from 'ipaddr.js'

export type Address = ipaddr.IPv4 | ipaddr.IPv6
export type Range = readonly [network: Address, prefixLength: number]

/** IANA's special-purpose registries (RFC 6890 and after), plus two ranges that clouds answer on inside. */
const specialIPv4 = [
  '0.0.0.0/8', // this network; 0.0.0.0 reaches loopback on many systems
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT; Alibaba's metadata service
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's platform address, reachable from inside only
  '169.254.0.0/16', // link-local; metadata services
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments; Oracle's metadata service
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
].map(parseRange)

/** The only part of IPv6 that is handed out for global unicast: NAT64, mapped, ULA and the rest lie outside it. */
const globalIPv6 = parseRange('2000::/3')

const specialIPv6 = [
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarking, AS112, …
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: carries an IPv4 address
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
].map(parseRange)

/** `10.0.0.0/8`, `fd00::/8`, or a single address. */
export function parseRange(text: string): Range {
  const [network = ''] = text.split('/')
  // Short, octal and hexadecimal spellings mean another network than they look like: `10/8` is 0.0.0.0/8.
  if (parseAddress(network) !== undefined && ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text)
  const address = parseAddress(text)
  if (address === undefined) {
    throw new TypeError(`allowAddresses: "${text}" is not an address range. Use CIDR, e.g. "10.20.0.0/16".`)
  }
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** The address of a text that a resolver or `URL.hostname` gave (IPv6 with or without brackets), else undefined. */
export function parseAddress(text: string): Address | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare)
  return ipaddr.IPv6.isValid(bare) ? ipaddr.IPv6.parse(bare) : undefined
}

/** 127.0.0.0/8 and ::1, and none of their disguises. */
export const isLoopbackAddress = (address: Address): boolean => address.range() === 'loopback'

export const isInRange = (address: Address, [network, prefixLength]: Range): boolean =>
  address.kind() === network.kind() && address.match(network, prefixLength)

/** Whether an address belongs to one host on the public Internet, whatever it is written as. */
export function isPublicAddress(address: Address): boolean {
  if (address.kind() === 'ipv4') return !specialIPv4.some((range) => isInRange(address, range))
  return (
    isInRange(address, globalIPv6) &&
    !specialIPv6.some((range) => isInRange(address, range)) &&
    !isIsatap(address as ipaddr.IPv6)
  )
}

/** RFC 5214 §6.1: an interface identifier 0:5efe or 200:5efe carries an IPv4 address under any prefix. */
function isIsatap({ parts, zoneId }: ipaddr.IPv6): boolean {
  const [, , , , high, low] = parts
  return zoneId !== undefined || (low === 0x5efe && (high === 0 || high === 0x200))
}
