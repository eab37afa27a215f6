import type { ClientMetadata } from 'oidc-provider'

import { isLoopbackHost } from './loopback.ts'

/** An application that may sign users in: what one would create in Logto's console. */
export interface DevClient {
  readonly clientId: string
  readonly clientSecret: string
  /** Shown on the sign-in page. */
  readonly name?: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  /** Must be on loopback. */
  readonly backchannelLogoutUri?: string
}

/**
 * The client as the provider stores it.
 *
 * @throws when back-channel logout would leave this machine
 */
export function clientMetadata(client: DevClient): ClientMetadata {
  const { backchannelLogoutUri: uri } = client
  if (uri !== undefined && !isLoopbackHost(URL.parse(uri)?.hostname ?? '')) {
    throw new Error(
      `backchannelLogoutUri of client "${client.clientId}" is not on loopback: use a http://127.0.0.1 URL.`,
    )
  }
  return {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    client_name: client.name ?? client.clientId,
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...(client.postLogoutRedirectUris ?? [])],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
    ...(uri === undefined ? {} : { backchannel_logout_uri: uri }),
  }
}
