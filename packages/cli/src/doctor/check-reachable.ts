import { type Finding, ok, problem, skipped } from './finding.ts'
import { answerInWords, codeOf, type RunningGateway } from './running-gateway.ts'

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|EPROTO|ERR_SSL/

/** Whether a gateway answers at the public URL. Nothing else there can be looked at unless it does. */
export async function checkReachable({ publicUrl, open }: RunningGateway): Promise<Finding> {
  let response: Response
  try {
    response = await open(`${publicUrl}/healthz`)
  } catch (error) {
    return unreachable(publicUrl, codeOf(error))
  }
  const body: unknown = await response.json().catch(() => undefined)
  const isGateway = typeof body === 'object' && body !== null && 'status' in body && body.status === 'ok'
  if (response.status === 200 && isGateway) return ok('reachable', `The gateway answers at ${publicUrl}.`)
  const what = `${publicUrl}/healthz ${answerInWords(response)}`
  if (response.status >= 300 && response.status < 400) {
    return problem(
      'reachable',
      `${what}: clients follow no redirects when they send tokens.`,
      'Set PORTICO_PUBLIC_URL to the address that answers without a redirect, and give that one to users.',
    )
  }
  if (response.status >= 502) {
    return problem(
      'reachable',
      `${what}: the proxy cannot reach the gateway.`,
      'Start the gateway, and check that the proxy forwards to its address and port (PORTICO_PORT).',
    )
  }
  return problem(
    'reachable',
    `${what}, so this is not the gateway.`,
    'Let the proxy forward all paths of this host to the gateway, including /healthz.',
  )
}

function unreachable(publicUrl: string, code: string): Finding {
  const { protocol, host } = new URL(publicUrl)
  if (certificateCodes.test(code)) {
    return problem(
      'reachable',
      `${publicUrl} has no TLS certificate that clients accept (${code}).`,
      `Give the proxy a valid certificate for ${host}, with its intermediate certificates; hosted clients trust only public authorities.`,
    )
  }
  if (protocol === 'http:') {
    const start = 'start it with "portico serve" to check its address and the clients too.'
    return skipped('reachable', `No gateway runs at ${publicUrl}: ${start}`)
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return problem(
      'reachable',
      `${host} does not resolve (${code}).`,
      'Correct PORTICO_PUBLIC_URL, or add the name to DNS.',
    )
  }
  return problem(
    'reachable',
    `${publicUrl} cannot be reached (${code}).`,
    'Start the gateway and the proxy, and check that the firewall allows the port.',
  )
}
