import { OAuthError } from '../oauth-error.ts'
import type { AuthorizationRequest, ClientRecord } from '../records.ts'
import type { AnswerAddress } from './answer-address.ts'
import { AuthorizationError } from './authorization-error.ts'
import { type Arrival, inOrder, type ProvenArrival, runAll } from './check.ts'
import { allowedScopes } from './checks/allowed-scopes.ts'
import { boundKey } from './checks/bound-key.ts'
import { knownClient } from './checks/known-client.ts'
import { knownResource } from './checks/known-resource.ts'
import { noRequestObject } from './checks/no-request-object.ts'
import { permittedGrant } from './checks/permitted-grant.ts'
import { pkceS256 } from './checks/pkce-s256.ts'
import { pushedIfRequired } from './checks/pushed-if-required.ts'
import { registeredRedirectUri } from './checks/registered-redirect-uri.ts'
import { responseMode } from './checks/response-mode.ts'
import { responseTypeCode } from './checks/response-type.ts'
import { signInParameters } from './checks/sign-in-parameters.ts'
import { singleParameters } from './checks/single-parameters.ts'

// Until these pass, an error is shown on our own page: the redirect URI could be anybody's (AS-21).
const beforeRedirect = [knownClient, registeredRedirectUri] as const
// From here on, an error goes back to the client (RFC 6749 §4.1.2.1).
const afterRedirect = [
  singleParameters,
  permittedGrant,
  noRequestObject,
  pushedIfRequired,
  responseTypeCode,
  responseMode,
  pkceS256,
  boundKey,
  knownResource,
  allowedScopes,
  signInParameters,
] as const

/** A request in which everything has been checked, and the client it came from. */
export interface CheckedRequest {
  readonly client: ClientRecord
  readonly request: AuthorizationRequest
}

/**
 * @throws {PageProblem} while nothing proves the redirect URI
 * @throws {AuthorizationError} from then on
 */
export async function checkRequest(arrival: Arrival): Promise<CheckedRequest> {
  const proven = await inOrder(arrival, beforeRedirect)
  const address = addressFor(proven)
  try {
    const found = await runAll<ProvenArrival, typeof afterRedirect>(proven, afterRedirect)
    const { client, redirectUri, redirectUriGiven } = proven
    const { issuer, state } = address
    return {
      client,
      request: {
        clientId: client.clientId,
        redirectUri,
        redirectUriGiven,
        issuer,
        ...(state !== undefined && { state }),
        ...found,
      },
    }
  } catch (error) {
    throw error instanceof OAuthError ? new AuthorizationError(error, address) : error
  }
}

function addressFor({ context, parameters, route, client, redirectUri }: ProvenArrival): AnswerAddress {
  return {
    client,
    redirectUri,
    responseMode: parameters.get('response_mode') === 'form_post' ? 'form_post' : 'query',
    state: parameters.isRepeated('state') ? undefined : parameters.get('state'),
    issuer: route?.issuer ?? context.settings.publicUrl,
  }
}
