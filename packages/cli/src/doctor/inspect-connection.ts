import type { Connections, Upstream, UpstreamInspection } from '@portico/connections'

import { type Finding, ok, problem, warning } from './finding.ts'

/** Whether users could be sent to the upstream's authorization server, and the gateway is known there or can be. */
export async function inspectConnection(
  connections: Pick<Connections, 'inspect'>,
  { id, displayName }: Upstream,
): Promise<readonly Finding[]> {
  let inspection: UpstreamInspection
  try {
    inspection = await connections.inspect(id)
  } catch (error) {
    return [discoveryFailed(error)]
  }
  const { issuer, assumed } = inspection
  const found = assumed
    ? warning(
        'authorization_server',
        `${displayName} publishes no metadata about how users connect: ${issuer}/authorize and /token are assumed.`,
        'If users cannot connect, set "authorizationServer" or "protectedResourceMetadataUrl" of the upstream, or use an API key.',
      )
    : ok('authorization_server', `${displayName} is served by ${issuer}.`)
  return [found, registrationOf(inspection, displayName)]
}

const remedies: Readonly<Record<string, string>> = {
  upstream_issuer_mismatch:
    'Users are not sent there. If it is the right server, set "authorizationServer" to the issuer that it names itself.',
  upstream_without_pkce: 'Ask its operator to support PKCE with S256.',
  upstream_endpoint_refused: 'Ask its operator to support https, or correct "authorizationServer".',
}

function discoveryFailed(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const remedy =
    remedies[code] ??
    'Correct the address of the upstream or of its metadata, and check whether this machine can reach it.'
  return problem('authorization_server', message, remedy)
}

function registrationOf(
  { registration, answer, issuer, redirectUri }: UpstreamInspection,
  name: string,
): Finding {
  const byHand = `Register a client at ${name} with the redirect URI ${redirectUri}, and set clientRegistration to { "mode": "manual", "clientId": … }.`
  const { status = 0, error } = answer ?? {}
  const said = error === undefined ? `status ${status}` : JSON.stringify(error)
  switch (registration) {
    case 'document':
      return ok('registration', `${issuer} accepts the gateway's metadata document.`)
    case 'none':
      return problem(
        'registration',
        `${issuer} accepts neither metadata documents nor registrations, and no client is configured.`,
        byHand,
      )
    case 'manual':
      if (status === 401 || error === 'invalid_client' || error === 'unauthorized_client') {
        return problem(
          'registration',
          `${issuer} refuses the configured client with ${said}.`,
          'Copy clientId and clientSecret (clientRegistration) again, and compare tokenEndpointAuthMethod.',
        )
      }
      return ok('registration', `${issuer} knows the configured client.`)
    default:
      // 400 is right: a client without redirect URIs is none.
      if (status === 400 || status === 201 || status === 200)
        return ok('registration', `${issuer} registers clients.`)
      return problem('registration', `${issuer} has a registration endpoint, which answers ${said}.`, byHand)
  }
}
