import type { ConnectionContext } from './connection-context.ts'
import type { OAuthUpstream } from './upstream-options.ts'

/** What an upstream says of a token that is missing or does not do (RFC 6750 §3, RFC 9728 §5.1). */
export interface UpstreamChallenge {
  readonly error?: string | undefined
  readonly resourceMetadataUrl?: string | undefined
  readonly scope?: string | undefined
}

/** Asks the upstream without a credential. @returns `undefined` when it does not answer 401 */
export async function askForChallenge(
  { fetch }: Pick<ConnectionContext, 'fetch'>,
  { url }: OAuthUpstream,
): Promise<UpstreamChallenge | undefined> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    // Begins nothing, in any era.
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  }).catch(() => undefined)
  await response?.body?.cancel().catch(() => undefined)
  if (response?.status !== 401) return undefined
  return readChallenge(response.headers.get('www-authenticate') ?? undefined)
}

/** @param header the value of `WWW-Authenticate` */
export function readChallenge(header: string | undefined): UpstreamChallenge {
  const parameters = challengeParameters(header)
  return {
    error: parameters.get('error'),
    scope: parameters.get('scope'),
    resourceMetadataUrl: parameters.get('resource_metadata'),
  }
}

/** The parameters of the first Bearer challenge (RFC 9110 §11.2). */
function challengeParameters(header: string | undefined): ReadonlyMap<string, string> {
  const bearer = /(?:^|,)\s*Bearer\s+(.*)$/is.exec(header ?? '')?.[1] ?? ''
  const parameters = new Map<string, string>()
  for (const [, name = '', quoted, plain] of bearer.matchAll(
    /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g,
  )) {
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? ''
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value)
  }
  return parameters
}
