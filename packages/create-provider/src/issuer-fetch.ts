import { isIP } from 'node:net'

import { createSafeFetch, type SafeFetch } from '@portico/safe-fetch'

/** The usual guards, but the host that was named may have any address: identity providers are often inside a network. */
export const issuerFetch: SafeFetch = (input, init) => {
  const { hostname } = new URL(input)
  const address = hostname.replaceAll(/^\[|\]$/g, '')
  const named = isIP(address)
    ? { allowAddresses: [`${address}/${isIP(address) === 4 ? 32 : 128}`] }
    : { allowHosts: [hostname] }
  return createSafeFetch({ timeoutMs: 4000, development: true, ...named })(input, init)
}
