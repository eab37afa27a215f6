import type { IdentityProvider } from '@portico/provider'
import type { SafeFetch } from '@portico/safe-fetch'
import {
  allowInsecureRequests,
  type AuthorizationServer,
  customFetch,
  genericTokenEndpointRequest,
} from 'oauth4webapi'
import { z } from 'zod'

import type { Context } from '../context.ts'
import { UpstreamError } from '../oauth-error.ts'
import { clientAuthentication } from './client-authentication.ts'

/** What the provider's token endpoint answered. */
export interface ProviderTokens {
  readonly idToken: string | undefined
  readonly accessToken: string | undefined
  readonly refreshToken: string | undefined
  /** The whole answer: for providers with a format of their own. */
  readonly body: Readonly<Record<string, unknown>>
}

const bodySchema = z.record(z.string(), z.unknown())
const maximumBytes = 262_144

/**
 * Redeems the provider's code (RFC 6749 §4.1.3).
 *
 * @throws {UpstreamError} `token_endpoint_unavailable` for trouble that may pass, `token_endpoint_refused` and
 *   `token_answer_invalid` for the rest
 */
export async function requestTokens(
  context: Pick<Context, 'providerFetch' | 'now'>,
  provider: IdentityProvider,
  grant: {
    readonly code: string
    readonly redirectUri: string
    readonly codeVerifier: string | undefined
  },
): Promise<ProviderTokens> {
  const response = await sendTokenRequest(context, provider, {
    code: grant.code,
    redirect_uri: grant.redirectUri,
    ...(grant.codeVerifier !== undefined && { code_verifier: grant.codeVerifier }),
  })
  return parseTokenAnswer(provider, response)
}

/**
 * Presents a refresh token (RFC 6749 §6) and reads the answer.
 *
 * @throws {UpstreamError} see {@link requestTokens}
 */
export async function renewTokens(
  context: Pick<Context, 'providerFetch' | 'now'>,
  provider: IdentityProvider,
  refreshToken: string,
): Promise<ProviderTokens> {
  return parseTokenAnswer(provider, await presentRefreshToken(context, provider, refreshToken))
}

/**
 * Presents a refresh token and returns whatever the provider answers.
 *
 * @throws {UpstreamError} `token_endpoint_unavailable` when there is no answer
 */
export function presentRefreshToken(
  context: Pick<Context, 'providerFetch' | 'now'>,
  provider: IdentityProvider,
  refreshToken: string,
): Promise<Response> {
  return sendTokenRequest(context, provider, { refresh_token: refreshToken }, 'refresh_token')
}

async function parseTokenAnswer(provider: IdentityProvider, response: Response): Promise<ProviderTokens> {
  if (response.status >= 500 || response.status === 429) {
    throw new UpstreamError(
      'token_endpoint_unavailable',
      `${provider.name} answered ${response.status} at its token endpoint.`,
    )
  }
  const body = bodySchema.safeParse(await response.json().catch(() => undefined))
  if (response.status !== 200) throw refused(provider, response.status, body.data)
  if (!body.success) throw invalid(provider, 'is no JSON object')
  // GitHub and others answer errors with status 200.
  if (typeof body.data['error'] === 'string') throw refused(provider, response.status, body.data)
  return parseTokens(provider, body.data)
}

/**
 * Sends a token request as the provider wants it, and returns whatever it answers.
 *
 * @throws {UpstreamError} `token_endpoint_unavailable` when there is no answer
 */
export async function sendTokenRequest(
  { providerFetch, now }: Pick<Context, 'providerFetch' | 'now'>,
  provider: IdentityProvider,
  parameters: Record<string, string>,
  grantType: 'authorization_code' | 'refresh_token' = 'authorization_code',
): Promise<Response> {
  const { oidc, browserLogin, client, clientAuthentication: wire, settings } = provider
  const server: AuthorizationServer = {
    // The audience of a client assertion (draft-ietf-oauth-rfc7523bis).
    issuer: oidc?.issuer ?? browserLogin.tokenUrl,
    token_endpoint: browserLogin.tokenUrl,
  }
  const authentication = await clientAuthentication(provider, now())
  try {
    return await genericTokenEndpointRequest(
      server,
      { client_id: client.id },
      authentication,
      grantType,
      parameters,
      {
        [customFetch]: guarded(providerFetch, settings.remoteTimeoutMs, wire?.requestEncoding ?? 'form'),
        // The guarded fetch decides: plain http only on loopback in development.
        // oxlint-disable-next-line typescript/no-deprecated -- marked so in order to stand out
        [allowInsecureRequests]: true,
      },
    )
  } catch (cause) {
    throw new UpstreamError(
      'token_endpoint_unavailable',
      `${provider.name}: the token endpoint ${browserLogin.tokenUrl} cannot be reached.`,
      { cause },
    )
  }
}

/** The request as the library built it, through the guarded fetch, as a form or as JSON. */
function guarded(fetch: SafeFetch, timeoutMs: number, encoding: 'form' | 'json') {
  return (
    url: string,
    { body, headers }: { body: URLSearchParams; headers: Record<string, string> },
  ): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      timeoutMs,
      maxBytes: maximumBytes,
      headers: encoding === 'json' ? { ...headers, 'content-type': 'application/json' } : headers,
      body: encoding === 'json' ? JSON.stringify(Object.fromEntries(body)) : body.toString(),
    })
}

function parseTokens(provider: IdentityProvider, body: Record<string, unknown>): ProviderTokens {
  const { id_token, access_token, refresh_token, token_type } = body
  if (provider.kind !== 'private') {
    if (typeof access_token !== 'string' || access_token === '') {
      throw invalid(provider, 'has no "access_token"')
    }
    if (
      token_type !== undefined &&
      (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer')
    ) {
      throw invalid(provider, 'has a "token_type" other than Bearer')
    }
  }
  return {
    idToken: typeof id_token === 'string' ? id_token : undefined,
    accessToken: typeof access_token === 'string' ? access_token : undefined,
    refreshToken: typeof refresh_token === 'string' ? refresh_token : undefined,
    body,
  }
}

function refused(provider: IdentityProvider, status: number, body: Record<string, unknown> = {}): Error {
  const code = typeof body['error'] === 'string' ? body['error'].slice(0, 100) : `status ${status}`
  const description = typeof body['error_description'] === 'string' ? body['error_description'] : undefined
  const explanation =
    provider.explain({ stage: 'token', code, description }) ??
    (code === 'invalid_client'
      ? `Check the client secret, and that the application at ${provider.name} allows "${provider.client.authMethod}".`
      : undefined)
  return new UpstreamError(
    'token_endpoint_refused',
    [
      `${provider.name} refused the token request: ${JSON.stringify(code)}.`,
      ...(explanation === undefined ? [] : [explanation]),
    ].join(' '),
  )
}

function invalid(provider: IdentityProvider, problem: string): Error {
  return new UpstreamError(
    'token_answer_invalid',
    `The answer of ${provider.name} at its token endpoint ${problem}.`,
  )
}
