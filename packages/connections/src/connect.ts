import {
  authorizationCodeGrantRequest,
  type AuthorizationServer,
  AuthorizationResponseError,
  calculatePKCECodeChallenge,
  processAuthorizationCodeResponse,
  validateAuthResponse,
} from 'oauth4webapi'

import { authenticateAs } from './authenticate-as.ts'
import { callbackUrl } from './client-document.ts'
import type { ConnectionContext } from './connection-context.ts'
import { UpstreamError } from './connection-context.ts'
import {
  connectionGroup,
  connectionId,
  type ConnectAttemptRecord,
  type ConnectionRecord,
  records,
} from './connection-records.ts'
import { sha256Text } from './digest.ts'
import { discoverUpstream } from './discover-upstream.ts'
import { errorCode } from './error-code.ts'
import { protocolFetch } from './protocol-fetch.ts'
import { requestedPrompt, requestedResource, requestedScopes } from './requested-scopes.ts'
import { heldSince, originOf } from './same-upstream.ts'
import { noteSealed } from './sealed-records.ts'
import { noteRefusedClient } from './spent-client.ts'
import { tokenFields } from './token-fields.ts'
import { askForChallenge } from './upstream-challenge.ts'
import { clientOfConnection, upstreamClient } from './upstream-client.ts'
import type { OAuthUpstream } from './upstream-options.ts'

const attemptTtlSeconds = 600

/** Who connects, in which browser. */
export interface ConnectRequest {
  /** Subject of the user, or `shared`. */
  readonly owner: string
  /** Id of the browser's session: the answer is only taken in the same one. */
  readonly session: string
  /** A path of the gateway to go to afterwards. */
  readonly returnTo: string
  /** What the host calls this request; for events. */
  readonly requestId?: string | undefined
}

/**
 * Prepares one trip to the upstream's authorization server and answers where to send the browser.
 *
 * @throws {UpstreamError} when the upstream cannot be discovered or takes no client of ours
 */
export async function beginConnect(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  { owner, session, returnTo }: ConnectRequest,
): Promise<URL> {
  const id = connectionId(upstream.id, owner)
  const [refused, connection] = await Promise.all([
    records(context.storage, 'upstream-challenge').get(id),
    records(context.storage, 'connection').get(id),
  ])
  // Who connects before any call was refused has seen no challenge yet.
  const challenge = refused?.value ?? (await askForChallenge(context, upstream))
  const discovered = await discoverUpstream(context, upstream, challenge?.resourceMetadataUrl)
  const { server } = discovered
  const client = await upstreamClient(context, upstream, server)
  const scopes = requestedScopes(upstream, discovered, challenge?.scope, connection?.value.scope)
  const resource = requestedResource(upstream, discovered)
  const prompt = requestedPrompt(upstream, scopes)
  const scope = scopes.join(upstream.scopeDelimiter)
  const state = context.randomToken()
  const verifier = context.randomToken()
  const attempt: ConnectAttemptRecord = {
    upstream: upstream.id,
    owner,
    session,
    origin: originOf(upstream),
    issuer: server.issuer,
    issRequired: server.authorization_response_iss_parameter_supported === true,
    authorizationEndpoint: server.authorization_endpoint,
    tokenEndpoint: server.token_endpoint,
    ...(server.revocation_endpoint !== undefined && { revocationEndpoint: server.revocation_endpoint }),
    client: client.recordId,
    ...(resource !== undefined && { resource }),
    scope,
    verifier: await context.sealer.seal(verifier, ['connect-attempt', upstream.id, owner]),
    returnTo,
    createdAt: context.now(),
  }
  await records(context.storage, 'connect-attempt').set(await sha256Text(state), attempt, {
    expiresAt: context.now() + attemptTtlSeconds,
  })

  const url = new URL(server.authorization_endpoint)
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: callbackUrl(context, upstream.id),
    state,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    scope: scope === '' ? undefined : scope,
    resource,
    prompt,
  }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return url
}

/** Who comes back from the upstream's authorization server. */
export type ReturningBrowser = Pick<ConnectRequest, 'session' | 'owner' | 'requestId'>

/** How a trip ended. */
export interface ConnectOutcome {
  readonly returnTo: string
  /** Absent on success. `denied`: the user said no there; `failed`: the authorization server answered another error. */
  readonly problem?: 'denied' | 'failed'
}

/**
 * Takes the answer of the upstream's authorization server: once, in the browser that left, from the issuer it was sent to.
 *
 * @throws {UpstreamError} `connect_state_unknown` and `connect_wrong_session` when nothing may be done with the answer,
 *   `connect_response_invalid` and `connect_token_failed` when it was no good
 */
export async function finishConnect(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  parameters: URLSearchParams,
  browser: ReturningBrowser,
): Promise<ConnectOutcome> {
  const state = parameters.get('state') ?? ''
  const attempt = await records(context.storage, 'connect-attempt').take(await sha256Text(state))
  if (!attempt || attempt.upstream !== upstream.id) {
    throw new UpstreamError(
      'connect_state_unknown',
      `${upstream.displayName}: this answer was already used, has expired, or was never asked for.`,
    )
  }
  // G01: neither a link nor an answer can put one person's account into another person's vault.
  if (attempt.session !== browser.session || attempt.owner !== browser.owner) {
    throw new UpstreamError(
      'connect_wrong_session',
      `${upstream.displayName}: the connection was started in another browser or by another user.`,
    )
  }
  const { returnTo, owner } = attempt
  const event = { upstream: upstream.id, subject: owner, requestId: browser.requestId }
  try {
    await redeem(context, upstream, attempt, parameters, state)
  } catch (error) {
    if (error instanceof AuthorizationResponseError) {
      const denied = error.error === 'access_denied'
      context.emit({
        ...event,
        name: 'connection.refused',
        outcome: denied ? 'denied' : 'failure',
        reason: errorCode(error.error),
      })
      return { returnTo, problem: denied ? 'denied' : 'failed' }
    }
    context.emit({ ...event, name: 'connection.failed', outcome: 'failure', reason: codeOf(error) })
    throw error
  }
  context.emit({ ...event, name: 'connection.established', outcome: 'success' })
  return { returnTo }
}

async function redeem(
  context: ConnectionContext,
  upstream: OAuthUpstream,
  attempt: ConnectAttemptRecord,
  parameters: URLSearchParams,
  state: string,
): Promise<void> {
  const client = await clientOfConnection(context, upstream, attempt.client)
  if (!client)
    throw new UpstreamError('connect_client_changed', `${upstream.displayName}: the client was replaced.`)
  const server: AuthorizationServer = {
    issuer: attempt.issuer,
    token_endpoint: attempt.tokenEndpoint,
    // UP-03: when announced it must be there; when there it must fit in any case.
    authorization_response_iss_parameter_supported: attempt.issRequired,
  }
  const oauthClient = { client_id: client.clientId }
  const verifier = await context.sealer.open(attempt.verifier, [
    'connect-attempt',
    attempt.upstream,
    attempt.owner,
  ])
  const answer = validateAuthResponse(server, oauthClient, parameters, state)
  const authentication = await authenticateAs(context, upstream, client)
  const response = await authorizationCodeGrantRequest(
    server,
    oauthClient,
    authentication,
    answer,
    client.redirectUri,
    verifier,
    {
      ...protocolFetch(context),
      additionalParameters: attempt.resource === undefined ? {} : { resource: attempt.resource },
    },
  )
  const tokens = await processAuthorizationCodeResponse(server, oauthClient, response).catch(
    async (error: unknown) => {
      await noteRefusedClient(context, client, error)
      throw error
    },
  )
  await store(context, attempt, tokens)
}

/** New tokens replace the old ones; a missing refresh token does not: Google sends none the second time. */
async function store(
  context: ConnectionContext,
  attempt: ConnectAttemptRecord,
  tokens: Parameters<typeof tokenFields>[2],
): Promise<void> {
  const id = connectionId(attempt.upstream, attempt.owner)
  const connections = records(context.storage, 'connection')
  const previous = await connections.get(id)
  const sameClient = previous?.value.issuer === attempt.issuer && previous.value.client === attempt.client
  const now = context.now()
  const fields = await tokenFields(context, attempt, tokens, sameClient ? previous.value : undefined)
  const connection: ConnectionRecord = {
    upstream: attempt.upstream,
    owner: attempt.owner,
    ...(attempt.origin !== undefined && { origin: attempt.origin }),
    issuer: attempt.issuer,
    tokenEndpoint: attempt.tokenEndpoint,
    ...(attempt.revocationEndpoint !== undefined && { revocationEndpoint: attempt.revocationEndpoint }),
    client: attempt.client,
    ...(attempt.resource !== undefined && { resource: attempt.resource }),
    ...fields,
    ...(sameClient && previous.value.rotates !== undefined && { rotates: previous.value.rotates }),
    status: 'connected',
    connectedAt: now,
    heldSince: heldSince(previous?.value, attempt.origin, now),
  }
  await noteSealed(context, { kind: 'connection', id }, connection.tokens, previous?.value.tokens)
  await connections.set(id, connection, { group: connectionGroup(attempt.owner) })
  // Only the newest demand counts, and it has just been met.
  await records(context.storage, 'upstream-challenge').delete(id)
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unexpected'
