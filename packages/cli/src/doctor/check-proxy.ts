import { type Finding, ok, problem, skipped, warning } from './finding.ts'
import { codeOf, type RunningGateway } from './running-gateway.ts'

/** Two events of the gateway, a second apart: what holds answers back delivers both at once. */
export async function checkStreaming({ publicUrl, open }: RunningGateway): Promise<Finding> {
  const url = `${publicUrl}/healthz`
  try {
    const response = await open(url, { headers: { accept: 'text/event-stream' } })
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true || !response.body) {
      await response.body?.cancel()
      return warning(
        'streaming',
        `${url} does not stream events.`,
        'Let the proxy forward the Accept header, and run the same release everywhere.',
      )
    }
    const reader = response.body.getReader()
    const first = new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
    if (!first.includes('event: last')) return ok('streaming', 'Events arrive one by one.')
  } catch (error) {
    return warning(
      'streaming',
      `${url} ended the connection (${codeOf(error)}).`,
      'Check whether the proxy ends streams early.',
    )
  }
  return problem(
    'streaming',
    'Events arrive only when the response is complete: something buffers it, so progress and requests from servers arrive too late.',
    'Turn off buffering for the gateway (nginx: proxy_buffering off; also gzip for text/event-stream).',
  )
}

/** A proxy that is not trusted makes all users one address, and they share one rate limit. */
export async function checkProxyHeaders({
  publicUrl,
  open,
  trustedProxies,
}: RunningGateway): Promise<Finding> {
  let response: Response
  try {
    response = await open(`${publicUrl}/healthz`)
    await response.body?.cancel()
  } catch (error) {
    return skipped('proxy_headers', `${publicUrl} ended the connection (${codeOf(error)}).`)
  }
  const proxy = response.headers.get('via') ?? response.headers.get('server')
  if (proxy === null) return ok('proxy_headers', 'No proxy identifies itself.')
  if (trustedProxies.length > 0)
    return ok('proxy_headers', `Forwarding headers of ${trustedProxies.join(', ')} are trusted.`)
  return warning(
    'proxy_headers',
    `There is a proxy in front of the gateway (${proxy.slice(0, 60)}), but none is trusted: all users appear to have its address and share one rate limit.`,
    'Set PORTICO_TRUSTED_PROXIES to the address or range of the proxy.',
  )
}
