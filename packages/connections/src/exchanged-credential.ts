import { type ClientAuth, ClientSecretPost, genericTokenEndpointRequest } from 'oauth4webapi'
import { z } from 'zod'

import { privateKeyJwt } from './authenticate-as.ts'
import { basicAuthentication } from './basic-authentication.ts'
import type { ConnectionContext } from './connection-context.ts'
import { UpstreamError } from './connection-context.ts'
import type { ConnectDemand, Credential, Demand } from './connection-credential.ts'
import { connectionGroup, connectionId, records } from './connection-records.ts'
import { protocolFetch } from './protocol-fetch.ts'
import { originOf } from './same-upstream.ts'
import type { ClientAuthOptions, CrossAppUpstream, ExchangeUpstream } from './upstream-options.ts'

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const tokenType = (name: string): string => `urn:ietf:params:oauth:token-type:${name}`

const defaultLifetimeSeconds = 300
const expiryMarginSeconds = 30

const answerSchema = z.object({
  access_token: z.string().min(1),
  issued_token_type: z.string().optional(),
  expires_in: z.number().positive().optional(),
})

/** The identity provider's token of a signed-in user; undefined when there is none that still holds. */
export type SubjectToken = (subject: string, type: 'id_token' | 'access_token') => Promise<string | undefined>

/**
 * Cross-app access: the user's identity assertion becomes an ID-JAG at the identity provider (RFC 8693), and that an
 * access token at the upstream's authorization server (RFC 7523), with no click of the user
 * (draft-ietf-oauth-identity-assertion-authz-grant §4).
 *
 * @throws {UpstreamError} `token_exchange_failed` naming the server that refused
 */
export function crossAppCredential(
  context: ConnectionContext,
  upstream: CrossAppUpstream,
  subject: string,
  subjectToken: SubjectToken,
  demand: Demand,
): Promise<Credential | ConnectDemand> {
  const { idp, resourceAs, scopes, scopeDelimiter } = upstream.idJag
  return exchanged(context, upstream, subject, demand, async () => {
    const assertion = await subjectToken(subject, 'id_token')
    if (assertion === undefined) return undefined
    const scope = scopes.length === 0 ? {} : { scope: scopes.join(scopeDelimiter) }
    const grant = await requestToken(context, upstream, idp.tokenUrl, idp.clientAuth, {
      grant_type: tokenExchange,
      requested_token_type: tokenType('id-jag'),
      subject_token: assertion,
      subject_token_type: tokenType('id_token'),
      audience: resourceAs.audience,
      resource: resourceAs.resource ?? upstream.url,
      ...scope,
    })
    if (grant.issued_token_type !== tokenType('id-jag')) {
      throw new UpstreamError(
        'token_exchange_failed',
        `${upstream.displayName}: ${idp.tokenUrl} issued no ID-JAG. Check that cross-app access is enabled for this application.`,
      )
    }
    return requestToken(context, upstream, resourceAs.tokenUrl, resourceAs.clientAuth, {
      grant_type: jwtBearer,
      assertion: grant.access_token,
      ...scope,
    })
  })
}

/**
 * The user's token of the identity provider, exchanged for one that the upstream accepts (RFC 8693 §2.1).
 *
 * @throws {UpstreamError} `token_exchange_failed`
 */
export function exchangeCredential(
  context: ConnectionContext,
  upstream: ExchangeUpstream,
  subject: string,
  subjectToken: SubjectToken,
  demand: Demand,
): Promise<Credential | ConnectDemand> {
  const { tokenUrl, clientAuth, audience, resource, scopes, subjectTokenType } = upstream.tokenExchange
  return exchanged(context, upstream, subject, demand, async () => {
    const token = await subjectToken(subject, subjectTokenType)
    if (token === undefined) return undefined
    return requestToken(context, upstream, tokenUrl, clientAuth, {
      grant_type: tokenExchange,
      subject_token: token,
      subject_token_type: tokenType(subjectTokenType),
      requested_token_type: tokenType('access_token'),
      ...(audience !== undefined && { audience }),
      resource: resource ?? upstream.url,
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    })
  })
}

/** Keeps what was exchanged, sealed, for as long as it lives; gets a new one after a 401, once. */
async function exchanged(
  context: ConnectionContext,
  upstream: CrossAppUpstream | ExchangeUpstream,
  subject: string,
  demand: Demand,
  exchange: () => Promise<z.output<typeof answerSchema> | undefined>,
): Promise<Credential | ConnectDemand> {
  const id = connectionId(upstream.id, subject)
  const seal = ['exchanged-token', upstream.id, subject]
  const tokens = records(context.storage, 'exchanged-token')
  const origin = originOf(upstream)

  const fresh = async (): Promise<string | undefined> => {
    const answer = await exchange()
    if (!answer) return undefined
    const lifetime = (answer.expires_in ?? defaultLifetimeSeconds) - expiryMarginSeconds
    if (lifetime > 0) {
      const token = await context.sealer.seal(answer.access_token, seal)
      await tokens.set(
        id,
        { token, origin },
        { expiresAt: context.now() + lifetime, group: connectionGroup(`exchanged:${subject}`) },
      )
    }
    return answer.access_token
  }

  const kept = await tokens.get(id)
  // One for the server that was there before is not for this one.
  const isKept = kept !== undefined && (kept.value.origin ?? origin) === origin
  const token = isKept ? await context.sealer.open(kept.value.token, seal) : await fresh()
  if (token === undefined) return demand('authenticating')
  const bearer = (value: string) => ({ authorization: `Bearer ${value}` })
  return {
    headers: bearer(token),
    async refresh({ status }) {
      if (status === 403) return undefined
      await tokens.delete(id)
      const next = await fresh()
      return next === undefined ? demand('authenticating') : { headers: bearer(next) }
    },
  }
}

async function requestToken(
  context: ConnectionContext,
  upstream: CrossAppUpstream | ExchangeUpstream,
  tokenUrl: string,
  clientAuth: ClientAuthOptions,
  { grant_type: grantType, ...parameters }: { readonly grant_type: string; readonly [name: string]: string },
): Promise<z.output<typeof answerSchema>> {
  const failed = (why: string, cause?: unknown) =>
    new UpstreamError('token_exchange_failed', `${upstream.displayName}: ${tokenUrl} ${why}.`, { cause })
  const authentication = await authenticationOf(clientAuth, tokenUrl, context.now())
  const response = await genericTokenEndpointRequest(
    { issuer: tokenUrl, token_endpoint: tokenUrl },
    { client_id: clientAuth.clientId },
    authentication,
    grantType,
    parameters,
    protocolFetch(context),
  ).catch((cause: unknown) => {
    throw failed('cannot be reached', cause)
  })
  const json: unknown = await response.json().catch(() => undefined)
  if (response.status !== 200) {
    const code = z.object({ error: z.string().regex(/^[\w.-]{1,64}$/) }).safeParse(json).data?.error
    throw failed(`answered ${code ?? `status ${response.status}`}`)
  }
  // Not the library's own reading: an ID-JAG comes as an access token of the type `N_A` (RFC 8693 §2.2.1).
  const parsed = answerSchema.safeParse(json)
  if (!parsed.success) throw failed('answered no access token')
  return parsed.data
}

function authenticationOf(
  options: ClientAuthOptions,
  tokenUrl: string,
  now: number,
): ClientAuth | Promise<ClientAuth> {
  switch (options.method) {
    case 'client_secret_basic':
      return basicAuthentication(options.clientSecret)
    case 'client_secret_post':
      return ClientSecretPost(options.clientSecret)
    case 'private_key_jwt':
      return privateKeyJwt({ ...options, audience: options.audience ?? tokenUrl }, now)
  }
}
