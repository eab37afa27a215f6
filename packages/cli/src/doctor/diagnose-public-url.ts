import { checkDocuments } from './check-documents.ts'
import { checkProxyHeaders, checkStreaming } from './check-proxy.ts'
import { checkReachable } from './check-reachable.ts'
import { checkBodyLimit, checkChallenge } from './check-route-answers.ts'
import type { Finding } from './finding.ts'
import type { RunningGateway } from './running-gateway.ts'

/** What the outside sees of a gateway: proxy, TLS and paths in front of it included. */
export async function diagnosePublicUrl(gateway: RunningGateway): Promise<readonly Finding[]> {
  const reachable = await checkReachable(gateway)
  if (reachable.status !== 'ok') return [reachable]
  const [first] = gateway.routes
  const [documents, challenges, limit, streaming, proxy] = await Promise.all([
    checkDocuments(gateway),
    Promise.all(gateway.routes.map((route) => checkChallenge(gateway, route))),
    first === undefined ? Promise.resolve(undefined) : checkBodyLimit(gateway, first),
    checkStreaming(gateway),
    checkProxyHeaders(gateway),
  ])
  return [reachable, ...documents, ...challenges, ...(limit ? [limit] : []), streaming, proxy]
}
