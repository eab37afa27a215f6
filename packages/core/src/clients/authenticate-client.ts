import type { ApiRequest } from '../api/api-request.ts'
import type { Context } from '../context.ts'
import { equalInConstantTime, sha256Text } from '../digest.ts'
import type { FormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientRecord } from '../records.ts'
import { verifyClientAssertion } from './client-assertion.ts'
import { findClient } from './find-client.ts'
import type { PresentedCredentials } from './presented-credentials.ts'
import { basicChallenge, presentedCredentials } from './presented-credentials.ts'

/** Of an id that nobody has: longer than any. */
const maxNotedLength = 512

/**
 * The client behind a request to the token, revocation or introspection endpoint, proven by the one method it registered
 * (AS-51). A public client proves nothing, and is bound by what it presents.
 *
 * @throws {OAuthError} `invalid_client` (401), also for a client that does not exist (any more): clients take it as the
 *   sign to register anew (AS-53)
 */
export async function authenticateClient(
  context: Context,
  request: ApiRequest,
  form: FormParameters,
): Promise<ClientRecord> {
  const credentials = presentedCredentials(request, form)
  const client = await findClient(context, credentials.clientId, 'token')
  try {
    if (!client) throw new OAuthError('invalid_client', 'The client is not known here: register again.')
    requireMethod(client, credentials)
    if (credentials.method === 'none') return client
    await prove(context, client, credentials)
    await context.rateLimits.client(client.clientId, context.emit)
    return client
  } catch (error) {
    if (!(error instanceof OAuthError) || error.code !== 'invalid_client') throw error
    context.emit({
      name: 'client.authentication_failed',
      outcome: 'denied',
      clientId: credentials.clientId.slice(0, maxNotedLength),
      reason: client ? 'credentials' : 'unknown_client',
      detail: { method: credentials.method },
    })
    // AS-52: the challenge of the scheme the client used.
    if (credentials.method !== 'client_secret_basic') throw error
    throw new OAuthError('invalid_client', error.message, { cause: error, headers: basicChallenge })
  }
}

function requireMethod(client: ClientRecord, credentials: PresentedCredentials): void {
  const allowed = [client.authMethod, ...(client.otherAuthMethods ?? [])]
  if (!allowed.includes(credentials.method)) {
    throw new OAuthError(
      'invalid_client',
      `The client is registered to authenticate by ${allowed.join(' or ')}.`,
    )
  }
}

async function prove(
  context: Context,
  client: ClientRecord,
  credentials: Exclude<PresentedCredentials, { method: 'none' }>,
): Promise<void> {
  if (credentials.method === 'private_key_jwt') {
    await verifyClientAssertion(context, client, credentials.assertion)
  } else if (!equalInConstantTime(sha256Text(credentials.secret), client.secretHash ?? '')) {
    throw new OAuthError('invalid_client', 'The client secret is wrong.')
  }
}
