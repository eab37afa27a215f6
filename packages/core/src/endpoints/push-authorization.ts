import { jsonAnswer } from '../api/api-answer.ts'
import type { ApiEndpoint } from '../api/api-endpoint.ts'
import { readFormText } from '../api/read-body.ts'
import { checkRequest } from '../authorize/check-request.ts'
import { keepPushedRequest, pushedRequestTtlSeconds } from '../authorize/pushed-request.ts'
import { repeatableParameters } from '../authorize/repeatable-parameters.ts'
import { routeOfPath } from '../authorize/route-of-path.ts'
import { PageProblem } from '../browser/page-problem.ts'
import { authenticateClient } from '../clients/authenticate-client.ts'
import { parseFormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'
import { provenKey } from '../tokens/proven-key.ts'
import { requireKey } from '../tokens/require-key.ts'

/**
 * `POST /par[/{route}]` (RFC 9126): the client sends its authorization request directly and proves itself, the browser only
 * carries a reference. The same checks as at the authorization endpoint, with the answers of an API.
 */
export const pushAuthorization: ApiEndpoint = async (request, context) => {
  const text = await readFormText(request)
  const client = await authenticateClient(context, request, parseFormParameters(text))
  const source = new URLSearchParams(text)
  source.set('client_id', client.clientId)
  if (source.has('request_uri')) {
    throw new OAuthError('invalid_request', 'request_uri must not be pushed (RFC 9126 section 2.1).')
  }
  const route = routeOfPath(context.settings, request.path, '/par')
  if (route === 'unknown')
    throw new OAuthError('invalid_target', 'The path names no resource.', { status: 404 })

  const parameters = repeatableParameters(source)
  await checkRequest({ context, parameters, route, pushed: true }).catch((error: unknown) => {
    throw error instanceof PageProblem ? refusal(error) : error
  })
  const key = await provenKey(context, request)
  if (key !== undefined) {
    // RFC 9449 §10.1: the same as if `dpop_jkt` had said so, which must not say otherwise.
    requireKey(parameters.get('dpop_jkt'), key)
    source.set('dpop_jkt', key)
  }
  const requestUri = await keepPushedRequest(context, { clientId: client.clientId, route, source })
  context.emit({ name: 'authorization.pushed', outcome: 'success', clientId: client.clientId })
  return jsonAnswer({ request_uri: requestUri, expires_in: pushedRequestTtlSeconds }, 201)
}

/** What would end on a page is an error of the request here: there is no browser to show it to. */
function refusal(problem: PageProblem): OAuthError {
  const message =
    problem.code === 'redirect_uri_not_registered'
      ? 'redirect_uri is not registered for this client.'
      : problem.detail
  return new OAuthError('invalid_request', message ?? 'The request is not valid.', { cause: problem })
}
