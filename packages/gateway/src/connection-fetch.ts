import { type Upstream, upstreamOptions, type UpstreamOptions } from '@portico/connections'
import { allowUrls, createSafeFetch, type SafeFetch } from '@portico/safe-fetch'

/**
 * The guarded fetch for upstream accounts. What the operator wrote may be inside the operator's network, as an identity
 * provider may; what an upstream names gets no such leave.
 */
export function createConnectionFetch(
  upstreams: readonly UpstreamOptions[],
  { development }: { readonly development: boolean },
): SafeFetch {
  return createSafeFetch({
    development,
    ...allowUrls(upstreams.flatMap((upstream) => urlsOf(upstreamOptions.parse(upstream)))),
  })
}

/** Of every place that the options of an upstream name. */
function urlsOf(upstream: Upstream): readonly string[] {
  switch (upstream.authMode) {
    case 'user-oauth':
    case 'shared-oauth':
      return [upstream.url, upstream.protectedResourceMetadataUrl ?? '', upstream.authorizationServer ?? '']
    case 'id-jag':
      return [upstream.idJag.idp.tokenUrl, upstream.idJag.resourceAs.tokenUrl]
    case 'token-exchange':
      return [upstream.tokenExchange.tokenUrl]
    case 'user-api-key':
      return []
  }
}
