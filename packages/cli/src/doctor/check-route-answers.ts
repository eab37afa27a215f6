import { type Finding, ok, problem, warning } from './finding.ts'
import { answerInWords, codeOf, type RunningGateway } from './running-gateway.ts'

const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** A request without a token must bring the challenge that every client begins with (RFC 9728 §5.1). */
export async function checkChallenge({ publicUrl, open }: RunningGateway, route: string): Promise<Finding> {
  const url = `${publicUrl}${route}`
  let response: Response
  try {
    response = await open(url, { method: 'POST', headers, body: JSON.stringify(ping) })
  } catch (error) {
    return problem(
      'challenge',
      `${url} cannot be reached (${codeOf(error)}).`,
      'Check whether the proxy is running.',
    )
  }
  if (response.status !== 401) {
    return problem(
      'challenge',
      `${url} ${answerInWords(response)} to a request without a token instead of 401.`,
      'Let the proxy forward this path to the gateway unchanged, without its own sign-in, error pages or redirects.',
    )
  }
  const challenge = response.headers.get('www-authenticate')
  const metadata = /\bresource_metadata="([^"]*)"/.exec(challenge ?? '')?.[1]
  const expected = `${publicUrl}/.well-known/oauth-protected-resource${route}`
  if (challenge !== null && challenge.startsWith('Bearer ') && metadata === expected) {
    return ok('challenge', `${url} asks for a token and names its metadata.`)
  }
  if (challenge === null) {
    return problem(
      'challenge',
      `${url} answers 401 without WWW-Authenticate, so clients do not learn where to sign in.`,
      'Let the proxy forward the header (nginx: no proxy_hide_header, no error_page for 401).',
    )
  }
  return problem(
    'challenge',
    `${url} answers 401 with "${challenge.slice(0, 200)}" instead of resource_metadata="${expected}".`,
    'Remove the rule of the proxy that sets WWW-Authenticate (basic authentication or another sign-in), and set PORTICO_PUBLIC_URL to the origin that users enter.',
  )
}

/** Proxies take less than the gateway does, until they are told: nginx 1 MiB. The gateway refuses it for want of a token. */
export async function checkBodyLimit(
  { publicUrl, open, requestBytes }: RunningGateway,
  route: string,
): Promise<Finding> {
  const url = `${publicUrl}${route}`
  const size = `${Math.round(requestBytes / 1024)} KiB`
  const padding = ' '.repeat(Math.max(0, requestBytes - 1024))
  try {
    const response = await open(url, { method: 'POST', headers, body: JSON.stringify(ping) + padding })
    await response.body?.cancel()
    if (response.status !== 413) return ok('body_limit', `Requests of ${size} reach the gateway.`)
  } catch {
    // Some close the connection while the body is still coming: so may the gateway, which needs no body to refuse.
    return warning(
      'body_limit',
      `The connection ended while ${size} were sent to ${url}.`,
      'If large tool calls fail, raise the limit of the proxy (nginx: client_max_body_size 5m).',
    )
  }
  return problem(
    'body_limit',
    `${url} answers 413 to ${size}, which the gateway accepts: the proxy allows less.`,
    'Raise the limit of the proxy (nginx: client_max_body_size 5m), or lower limits.requestBytes.',
  )
}
