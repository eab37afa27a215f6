import type { Context } from '../context.ts'
import type { FormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'
import type { AccessTokenRecord, ClientRecord, Found, GrantRecord } from '../records.ts'
import { findResource } from '../resource-url.ts'
import type { Resource } from '../settings.ts'
import { requireKeyFor } from '../tokens/require-key.ts'
import { clientSubject } from './client-subject.ts'
import { tokenExchangeGrant } from './grant-names.ts'
import { issueAccess } from './issue-access.ts'
import { livingGrant } from './living-grant.ts'
import { mayEnter } from './may-enter.ts'
import type { TokenAnswer } from './token-answer.ts'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/**
 * Token exchange (RFC 8693) within limits: a configured server that a user's token was made for gets a token for another of
 * our resources, to act there for the same user. One step only, no refresh token, never longer than the token it rests on
 * and its grant; tokens of machines, bound tokens and exchanged ones are not exchanged.
 */
export async function exchangeToken(
  context: Context,
  client: ClientRecord,
  form: FormParameters,
  dpopKey?: string,
): Promise<TokenAnswer> {
  const presented = subjectToken(form)
  const token = await context.accessTokens.inspect(presented)
  const parent = token && (await exchangeableGrant(context, client, token))
  if (!token || !parent) {
    throw new OAuthError('invalid_request', 'subject_token is not valid, or this client may not exchange it.')
  }
  const resource = targetResource(context, client, form, parent.value)
  requireKeyFor(resource, dpopKey)
  const scope = exchangedScope(client, resource, token, form.get('scope'))
  const answer = await issueAccess(context, {
    client,
    subject: token.subject,
    resource,
    scope,
    provider: parent.value.provider,
    endsAt: token.expiresAt,
    dpopKey,
    grantType: tokenExchangeGrant,
    parent: { id: parent.value.id, clientId: parent.value.clientId },
    actor: clientSubject(client.clientId),
  })
  return { ...answer, issuedTokenType: accessTokenType }
}

/** RFC 8693 §2.1, as far as it is supported. */
function subjectToken(form: FormParameters): string {
  const token = form.get('subject_token')
  if (token === undefined) throw new OAuthError('invalid_request', 'subject_token is missing.')
  if (form.get('subject_token_type') !== accessTokenType) {
    throw new OAuthError('invalid_request', `subject_token_type must be ${accessTokenType}.`)
  }
  if ((form.get('requested_token_type') ?? accessTokenType) !== accessTokenType) {
    throw new OAuthError(
      'invalid_request',
      `requested_token_type must be ${accessTokenType}, or be left out.`,
    )
  }
  if (form.get('actor_token') !== undefined || form.get('actor_token_type') !== undefined) {
    throw new OAuthError('invalid_request', 'actor_token is not supported: the client itself is the actor.')
  }
  if (form.get('audience') !== undefined) {
    throw new OAuthError('invalid_target', 'audience is not supported: name the MCP endpoint in resource.')
  }
  return token
}

/** The living grant of a user's token that was made for this client's own resource. */
async function exchangeableGrant(
  { storage }: Context,
  client: ClientRecord,
  token: AccessTokenRecord,
): Promise<Found<GrantRecord> | undefined> {
  if (token.dpopKey !== undefined || token.subject === clientSubject(token.clientId)) return undefined
  if (!client.exchanges?.from.includes(token.resource)) return undefined
  const grant = await livingGrant(storage, token.grantId, token.clientId)
  return grant && grant.value.parent === undefined ? grant : undefined
}

function targetResource(
  { settings }: Context,
  client: ClientRecord,
  { resources }: FormParameters,
  { provider }: GrantRecord,
): Resource {
  const to = client.exchanges?.to ?? []
  const named = new Set(resources.map((value) => findResource(settings, value)?.url))
  const [url, ...others] = named.size === 0 ? to : named
  const resource = url === undefined ? undefined : settings.resources.get(url)
  // Whoever may not sign in to a resource does not get there through another one either.
  const isOpen =
    resource && provider !== undefined && mayEnter(settings, { provider, resource: resource.url })
  if (!resource || !isOpen || others.length > 0 || !to.includes(resource.url)) {
    throw new OAuthError('invalid_target', 'resource must be one that this client may exchange tokens for.')
  }
  return resource
}

/** Within what is configured for the client, by default the resource's default; on the same resource, within the token. */
function exchangedScope(
  client: ClientRecord,
  resource: Resource,
  token: AccessTokenRecord,
  requested: string | undefined,
): string {
  const configured = client.scope?.split(' ') ?? [...resource.defaultScopes]
  const held = token.scope.split(' ')
  const ceiling = configured.filter(
    (scope) => resource.scopes.has(scope) && (resource.url !== token.resource || held.includes(scope)),
  )
  const wanted = requested === undefined ? ceiling : [...new Set(requested.split(' '))]
  if (wanted.length === 0 || wanted.some((scope) => !ceiling.includes(scope))) {
    throw new OAuthError('invalid_scope', 'scope must be part of what this client may get by exchange.')
  }
  return wanted.join(' ')
}
