import { lookup } from 'node:dns/promises'
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { type RequestOptions, request as httpsRequest } from 'node:https'
import { isIPv6, type LookupFunction } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

import { connectThroughProxy } from './connect-through-proxy.ts'
import { decodedBody } from './decoded-body.ts'
import { FetchFailedError } from './fetch-failed-error.ts'
import { readBounded } from './read-bounded.ts'
import { refuseRedirect } from './refuse-redirect.ts'
import { parseAddress } from './special-addresses.ts'
import type { Transport, Resolve, TransportAnswer, TransportRequest, TransportSettings } from './transport.ts'

export interface NodeTransportSettings extends TransportSettings {
  /** PEM; trusted instead of the system's authorities. */
  readonly certificateAuthority?: string
}

/** For Node, Bun and Deno: resolves once, checks every address, and connects to exactly those. */
export function createTransport(settings: NodeTransportSettings): Transport {
  const { resolve = resolveWithSystem, egressProxy, certificateAuthority } = settings
  const tls: ConnectionOptions = {
    // Stated, so that no environment variable can turn it off.
    rejectUnauthorized: true,
    ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
  }
  return async (request) => {
    const { url, signal } = request
    if (egressProxy === undefined) {
      const lookup = pinnedTo(await checkedAddresses(request, resolve))
      return exchange(request, { ...tls, agent: false, lookup })
    }
    const socket = await connectThroughProxy(egressProxy, url, signal)
    const secure = () => connectTls({ ...tls, socket, servername: url.hostname })
    try {
      return await exchange(request, { createConnection: url.protocol === 'https:' ? secure : () => socket })
    } finally {
      socket.destroy()
    }
  }
}

async function exchange(request: TransportRequest, options: RequestOptions): Promise<TransportAnswer> {
  const { url, maxBytes } = request
  const response = await send(request, options)
  try {
    const status = response.statusCode ?? 0
    refuseRedirect(status, url.origin)
    const body = await readBounded(decodedBody(response, url.origin), maxBytes, url.origin)
    return { status, headers: toHeaders(response.rawHeaders), body }
  } finally {
    response.destroy()
  }
}

const resolveWithSystem: Resolve = async (hostname) =>
  (await lookup(hostname, { all: true })).map(({ address }) => address)

async function checkedAddresses(request: TransportRequest, resolve: Resolve): Promise<readonly string[]> {
  const { url, checkAddresses } = request
  // A literal address has been checked with the URL; no lookup takes place for it.
  if (parseAddress(url.hostname) !== undefined) return []
  const addresses = await resolve(url.hostname).catch((cause: unknown) => {
    throw new FetchFailedError('dns', `${url.origin} does not resolve`, { cause })
  })
  if (addresses.length === 0) throw new FetchFailedError('dns', `${url.origin} does not resolve`)
  checkAddresses(addresses)
  return addresses
}

/** A `lookup` that knows the checked addresses and nothing else: a second resolution cannot differ from the first. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_hostname, options, callback) => {
    const [first] = found
    if (first === undefined) callback(new Error('no address was checked for this name'), '')
    else if (options.all === true) callback(null, found)
    else callback(null, first.address, first.family)
  }
}

function send(request: TransportRequest, options: RequestOptions): Promise<IncomingMessage> {
  const { url, method, headers, body, signal } = request
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      ...options,
      method,
      signal,
      headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
    })
    outgoing.once('response', resolve)
    // Without this nobody would hear of an answer with 101, which closes the connection.
    outgoing.once('upgrade', (_response, socket) => {
      socket.destroy()
      reject(new FetchFailedError('network', `${url.origin} answered in another protocol, unasked (101)`))
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

function toHeaders(raw: readonly string[]): Headers {
  const headers = new Headers()
  for (let index = 0; index + 1 < raw.length; index += 2)
    headers.append(raw[index] ?? '', raw[index + 1] ?? '')
  return headers
}
