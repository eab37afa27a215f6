import type { ConnectionContext } from './connection-context.ts'
import type { OAuthUpstream } from './upstream-options.ts'

/** What an upstream says when a token is missing (RFC 9728 §5.1). */
export interface UpstreamChallenge {
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
  const parameters = challengeParameters(response.headers.get('www-authenticate') ?? undefined)
  return { resourceMetadataUrl: parameters.get('resource_metadata'), scope: parameters.get('scope') }
}

/** The parameters of the first Bearer challenge (RFC 9110 §11.2). */
export function challengeParameters(header: string | undefined): ReadonlyMap<string, string> {
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
