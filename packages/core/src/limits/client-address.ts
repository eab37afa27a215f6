import type { Context as HonoContext } from 'hono'

/**
 * What only the host of this server knows about a request: the second argument of `fetch`, or Hono's `env` where the app is
 * mounted.
 */
export interface RequestFacts {
  /**
   * IP address of the client, as far as the host can vouch for it: the peer, or who a trusted proxy says it was
   * (SEC-12). Without it nothing is limited by address.
   */
  readonly clientAddress?: string | undefined
  /**
   * What the host calls this request, in events and errors: it sends it back itself, as `X-Request-Id`. Without it the server
   * makes an id and sends it back.
   */
  readonly requestId?: string | undefined
}

/** The address that the host vouches for. A request says nothing about it: `X-Forwarded-For` is anybody's text (SEC-12). */
export function clientAddress(c: Pick<HonoContext, 'env'>): string | undefined {
  const { clientAddress: address } = (c.env ?? {}) as { clientAddress?: unknown }
  return typeof address === 'string' && address !== '' ? address : undefined
}

/**
 * Who is counted as one: an IPv4 address, or the /64 network of an IPv6 address, as one customer has at least all of that.
 *
 * @returns `undefined` for this machine: behind a proxy that the host does not trust it would be everybody
 */
export function addressKey(address: string): string | undefined {
  const plain = address.trim().replace(/%.*$/s, '')
  if (/^[\d.]+$/.test(plain)) return plain.startsWith('127.') ? undefined : plain
  const literal = `http://[${plain}]`
  if (!URL.canParse(literal)) return plain.slice(0, 64).toLowerCase()
  const groups = expand(new URL(literal).hostname.slice(1, -1))
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') {
    return addressKey(dotted(groups.slice(6)))
  }
  if (groups.slice(0, 7).every((group) => group === '0') && groups[7] === '1') return undefined
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** All eight groups of a canonical IPv6 address. */
function expand(canonical: string): readonly string[] {
  const [head = '', tail] = canonical.split('::')
  const before = head === '' ? [] : head.split(':')
  if (tail === undefined) return before
  const after = tail === '' ? [] : tail.split(':')
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after]
}

function dotted(groups: readonly string[]): string {
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((value) => [value >> 8, value & 255])
    .join('.')
}
