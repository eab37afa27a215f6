import { decodeJwt } from 'jose'

import type { ApiRequest } from '../api/api-request.ts'
import type { FormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'

/** What a client put into its request to prove who it is: exactly one method (AS-51). */
export type PresentedCredentials =
  | { readonly method: 'none'; readonly clientId: string }
  | {
      readonly method: 'client_secret_basic' | 'client_secret_post'
      readonly clientId: string
      readonly secret: string
    }
  | { readonly method: 'private_key_jwt'; readonly clientId: string; readonly assertion: string }

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * RFC 6749 §2.3, RFC 7521 §4.2: reads the credentials, proves nothing.
 *
 * @throws {OAuthError} `invalid_request` for none or several methods, `invalid_client` for malformed ones
 */
export function presentedCredentials(
  request: Pick<ApiRequest, 'header'>,
  form: FormParameters,
): PresentedCredentials {
  const basic = basicCredentials(request.header('authorization'))
  const clientId = form.get('client_id')
  const secret = form.get('client_secret')
  const assertion = form.get('client_assertion')
  const methods = [basic, secret, assertion ?? form.get('client_assertion_type')].filter(
    (part) => part !== undefined,
  )
  if (methods.length > 1) {
    throw new OAuthError('invalid_request', 'The client must use one authentication method only.')
  }

  const credentials =
    basic ??
    (assertion === undefined
      ? bodyCredentials(clientId, secret, form)
      : assertionCredentials(assertion, form))
  if (clientId !== undefined && clientId !== credentials.clientId) {
    throw new OAuthError('invalid_request', 'client_id does not match the credentials.')
  }
  return credentials
}

function bodyCredentials(
  clientId: string | undefined,
  secret: string | undefined,
  form: FormParameters,
): PresentedCredentials {
  if (form.get('client_assertion_type') !== undefined) {
    throw new OAuthError('invalid_request', 'client_assertion is missing beside client_assertion_type.')
  }
  if (clientId === undefined) {
    throw new OAuthError('invalid_request', 'client_id is missing: a public client names itself in the body.')
  }
  return secret === undefined
    ? { method: 'none', clientId }
    : { method: 'client_secret_post', clientId, secret }
}

function assertionCredentials(assertion: string, form: FormParameters): PresentedCredentials {
  if (form.get('client_assertion_type') !== assertionType) {
    throw new OAuthError('invalid_request', `client_assertion_type must be ${assertionType}.`)
  }
  // Read before it is proven, only to find the client whose keys prove it.
  const subject = subjectOf(assertion)
  if (subject === undefined) throw new OAuthError('invalid_client', 'The client assertion is malformed.')
  return { method: 'private_key_jwt', clientId: subject, assertion }
}

function subjectOf(assertion: string): string | undefined {
  try {
    // Nobody has looked at its type yet.
    const sub: unknown = decodeJwt(assertion).sub
    return typeof sub === 'string' ? sub : undefined
  } catch {
    return undefined
  }
}

/** RFC 7617, with id and secret form-urlencoded first (RFC 6749 §2.3.1). Other schemes are not credentials of a client. */
function basicCredentials(header: string | undefined): PresentedCredentials | undefined {
  if (header === undefined || !/^basic(\s|$)/i.test(header)) return undefined
  const [, id, secret] = /^([^:]+):(.*)$/s.exec(decodeBase64(header.slice(5).trim()) ?? '') ?? []
  const clientId = id === undefined ? undefined : formDecode(id)
  const clientSecret = secret === undefined ? undefined : formDecode(secret)
  if (clientId === undefined || clientSecret === undefined) {
    throw new OAuthError('invalid_client', 'The Basic credentials are malformed.', {
      headers: basicChallenge,
    })
  }
  return { method: 'client_secret_basic', clientId, secret: clientSecret }
}

/** AS-52: the scheme to try again, for a client that used it. */
export const basicChallenge = { 'www-authenticate': 'Basic realm="oauth", charset="UTF-8"' } as const

function decodeBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
