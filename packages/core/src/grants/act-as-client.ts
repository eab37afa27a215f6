import type { Context } from '../context.ts'
import type { FormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord } from '../records.ts'
import { findResource } from '../resource-url.ts'
import type { Resource } from '../settings.ts'
import { requireKeyFor } from '../tokens/require-key.ts'
import { clientSubject } from './client-subject.ts'
import { issueAccess } from './issue-access.ts'
import type { TokenAnswer } from './token-answer.ts'

/**
 * The `client_credentials` grant (RFC 6749 §4.4) for clients that the operator configured (CC-01): a machine acts for itself,
 * as a subject of its own that has no user's upstream accounts. There is no refresh token: it can ask again.
 */
export async function actAsClient(
  context: Context,
  client: ClientRecord,
  form: FormParameters,
  dpopKey?: string,
): Promise<TokenAnswer> {
  if (client.authMethod === 'none')
    throw new OAuthError(
      'unauthorized_client',
      'A public client may not use this grant: it needs a credential.',
    )
  const resource = ownResource(context, client, form)
  requireKeyFor(resource, dpopKey)
  const scope = ownScope(client, resource, form.get('scope'))
  const subject = clientSubject(client.clientId)
  return issueAccess(context, { client, subject, resource, scope, dpopKey, grantType: 'client_credentials' })
}

/** One of the resources configured for this client (RFC 8707 §2); naming it is optional where there is only one. */
function ownResource({ settings }: Context, client: ClientRecord, { resources }: FormParameters): Resource {
  const own = client.resources ?? []
  const named = new Set(resources.map((value) => findResource(settings, value)?.url))
  const [url, ...others] = named.size === 0 ? own : named
  const resource = url === undefined ? undefined : settings.resources.get(url)
  if (!resource || others.length > 0 || !own.includes(resource.url)) {
    throw new OAuthError(
      'invalid_target',
      'resource must be one of those that are configured for this client.',
    )
  }
  return resource
}

/** The resource's default, or what was asked for of its scopes, within what the client may have. */
function ownScope(client: ClientRecord, resource: Resource, requested: string | undefined): string {
  const ceiling = client.scope?.split(' ') ?? resource.defaultScopes
  const wanted = requested === undefined ? ceiling : requested.split(' ')
  const known = [...new Set(wanted)].filter((scope) => resource.scopes.has(scope))
  if (known.length === 0 || known.some((scope) => !ceiling.includes(scope))) {
    throw new OAuthError('invalid_scope', 'scope must be part of what is configured for this client.')
  }
  return known.join(' ')
}
