import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'

import { FetchFailedError } from './fetch-failed-error.ts'

/**
 * A tunnel to the URL's host through the trusted egress proxy (`CONNECT`, RFC 9110 §9.3.6).
 *
 * @throws {FetchFailedError} `proxy`: nothing is ever tried without it
 */
export function connectThroughProxy(proxy: URL, url: URL, signal: AbortSignal): Promise<Duplex> {
  const authority = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`
  return new Promise((resolve, reject) => {
    const fail = (reason: string, cause?: unknown) =>
      reject(
        new FetchFailedError('proxy', `the egress proxy ${proxy.host} ${reason} for ${url.origin}`, {
          cause,
        }),
      )
    const request = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
      host: proxy.hostname.replaceAll(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...credentials(proxy) },
      agent: false,
      signal,
    })
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket)
      socket.destroy()
      fail(`answered ${response.statusCode}`)
    })
    request.once('response', (response) => {
      response.destroy()
      fail(`answered ${response.statusCode}`)
    })
    request.once('error', (cause) => fail('cannot be reached', cause))
    request.end()
  })
}

function credentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}
