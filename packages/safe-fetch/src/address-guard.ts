import {
  isInRange,
  isLoopbackAddress,
  isPublicAddress,
  parseAddress,
  parseRange,
} from './special-addresses.ts'
import { UnsafeUrlError } from './unsafe-url-error.ts'

/** What may be reached beside the public Internet. */
export interface AddressGuardOptions {
  readonly development?: boolean | undefined
  readonly allowHosts?: readonly string[] | undefined
  readonly allowAddresses?: readonly string[] | undefined
}

export interface AddressGuard {
  /** The URL, once its spelling, scheme, host name and literal address have passed. */
  checkUrl(url: string | URL): URL
  /** Every address that the host of a checked URL resolved to: one bad address refuses them all. */
  checkAddresses(url: URL, addresses: readonly string[]): void
}

/** Names that mean this machine or the network around it (RFC 6761, RFC 6762, RFC 8375, ICANN's `internal`). */
const localNames = /(?:^|\.)(?:localhost|local|internal|home\.arpa)$/
const localhostName = /(?:^|\.)localhost$/
const allowedHost =
  /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/

/** @throws {TypeError} when an entry of an allow-list is not what it should be */
export function createAddressGuard(options: AddressGuardOptions): AddressGuard {
  const { development = false, allowHosts = [], allowAddresses = [] } = options
  const allowedRanges = allowAddresses.map(parseRange)
  for (const entry of allowHosts) checkAllowHost(entry)

  const isAllowedHost = (host: string) =>
    allowHosts.some((entry) => (entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry))

  /** Loopback by its own name: a public name that resolves to 127.0.0.1 is refused in development too. */
  const isDevelopmentLoopback = (host: string): boolean => {
    if (!development) return false
    const address = parseAddress(host)
    return address === undefined ? localhostName.test(host) : isLoopbackAddress(address)
  }

  const checkAddress = (url: URL, text: string): void => {
    const address = parseAddress(text)
    const host = url.hostname
    if (address !== undefined) {
      if (isPublicAddress(address) || allowedRanges.some((range) => isInRange(address, range))) return
      if (isDevelopmentLoopback(host) && isLoopbackAddress(address)) return
      if (isAllowedHost(host)) return
    }
    throw new UnsafeUrlError('address', `${url.origin} leads to ${text}, which is not a public address`)
  }

  return {
    checkUrl(input) {
      const url = parse(input)
      const host = url.hostname
      const loopback = isDevelopmentLoopback(host)
      if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
        throw new UnsafeUrlError('scheme', `${describe(url)} is not https`)
      }
      if (url.username !== '' || url.password !== '') {
        throw new UnsafeUrlError('user_info', `${url.origin} carries a user name or password`)
      }
      if (parseAddress(host) !== undefined) {
        checkAddress(url, host)
      } else if (!loopback && !isAllowedHost(host)) {
        checkName(url, host)
      }
      return url
    },
    checkAddresses(url, addresses) {
      for (const address of addresses) checkAddress(url, address)
    },
  }
}

function parse(input: string | URL): URL {
  try {
    return new URL(input)
  } catch (cause) {
    throw new UnsafeUrlError('invalid_url', 'not an absolute URL', { cause })
  }
}

/** An opaque URL (`data:`) has no origin to show, and the rest of it may be a secret. */
const describe = (url: URL) => (url.origin === 'null' ? `a ${url.protocol} URL` : url.origin)

function checkName(url: URL, host: string): void {
  if (host.endsWith('.')) {
    throw new UnsafeUrlError('host', `${url.origin}: remove the dot at the end of the host name`)
  }
  if (!host.includes('.') || localNames.test(host)) {
    throw new UnsafeUrlError('host', `${url.origin} is a name of the local network`)
  }
}

function checkAllowHost(entry: string): void {
  if (parseAddress(entry) !== undefined) {
    throw new TypeError(`allowHosts: "${entry}" is an address. Put it into allowAddresses.`)
  }
  if (!allowedHost.test(entry)) {
    throw new TypeError(
      `allowHosts: "${entry}" is not a host name. Use "idp.corp.example" or "*.corp.example", in lower case, without scheme or port.`,
    )
  }
}
