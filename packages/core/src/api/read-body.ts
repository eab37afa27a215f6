import type { FormParameters } from '../form-parameters.ts'
import { parseFormParameters } from '../form-parameters.ts'
import { OAuthError } from '../oauth-error.ts'
import { isOfType } from '../request-body.ts'
import type { ApiRequest } from './api-request.ts'

/** Far more than any honest request; a client assertion takes two to four thousand. */
const maxBytes = 32_768

/**
 * The parameters of a form that a program posted (AS-50).
 *
 * @throws {OAuthError} `invalid_request` for another content type, a repeated parameter or a body too large
 */
export function readForm(request: ApiRequest): Promise<FormParameters> {
  return readFormText(request).then(parseFormParameters)
}

/** The form as it was written. @throws {OAuthError} as `readForm`, but for repeated parameters */
export function readFormText(request: ApiRequest): Promise<string> {
  return readText(request, 'application/x-www-form-urlencoded')
}

/**
 * The JSON that a program posted.
 *
 * @throws {OAuthError} `invalid_request` for another content type or a body too large, `invalid_client_metadata` for no JSON
 */
export async function readJson(request: ApiRequest): Promise<unknown> {
  const text = await readText(request, 'application/json')
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OAuthError('invalid_client_metadata', 'The body must be JSON.', { cause })
  }
}

async function readText(request: ApiRequest, contentType: string): Promise<string> {
  if (!isOfType(request.header('content-type'), contentType))
    throw new OAuthError('invalid_request', `The body must be ${contentType}.`)
  const text = await request.text(maxBytes)
  if (text !== undefined) return text
  throw new OAuthError(
    'invalid_request',
    `The body must be complete, and not larger than ${maxBytes} bytes.`,
    {
      status: 413,
    },
  )
}
