import { beginsAuthorization } from '../../browser/begins-authorization.ts'
import { PageProblem } from '../../browser/page-problem.ts'
import { classifyRedirectUri, matchRedirectUri } from '../../clients/redirect-uri.ts'
import type { ClientRecord } from '../../records.ts'
import { type ProvenRedirectUri, provenRedirectUri } from '../answer-address.ts'
import type { Arrival } from '../check.ts'

/** AS-22 to AS-25: the one place where a URI becomes one that the browser may be sent to. */
export function registeredRedirectUri({
  context,
  parameters,
  client,
}: Arrival & { readonly client: ClientRecord }): {
  redirectUri: ProvenRedirectUri
  redirectUriGiven: boolean
} {
  const requested = parameters.get('redirect_uri')
  if (parameters.isRepeated('redirect_uri')) {
    throw new PageProblem('invalid_request', { detail: 'redirect_uri is repeated.' })
  }
  const matched = matchRedirectUri(client, requested)
  if (matched === undefined) {
    throw requested === undefined
      ? new PageProblem('invalid_request', { detail: 'redirect_uri is missing.' })
      : new PageProblem('redirect_uri_not_registered')
  }
  // A client's document may list what must never be followed, next to a good one (A03).
  const kind = classifyRedirectUri(matched, context.settings.registration.privateUseSchemes)
  if (typeof kind !== 'string') {
    throw new PageProblem('redirect_uri_not_registered', { cause: new Error(kind.message) })
  }
  // E03: the answer to one request must not be the next one, which then looks as if the user had begun it.
  if (beginsAuthorization(context.settings, new URL(matched))) {
    throw new PageProblem('redirect_uri_not_registered', { cause: new Error('begins an authorization here') })
  }
  return { redirectUri: provenRedirectUri(matched), redirectUriGiven: requested !== undefined }
}
