import { OAuthError } from './oauth-error.ts'
import type { Parameters } from './parameters.ts'
import { parseParameters } from './parameters.ts'

/** Far more than any honest request; a client assertion takes two to four thousand. */
const maxFormBytes = 32_768

/**
 * The parameters of a form that a program posted (AS-50).
 *
 * @throws {OAuthError} `invalid_request` for another content type, a repeated parameter or a body too large
 */
export async function readForm(request: Request): Promise<Parameters> {
  return parseParameters(await formText(request))
}

/** The form as it was written. @throws {OAuthError} as `readForm`, but for repeated parameters */
export function formText(request: Request): Promise<string> {
  requireContentType(request, 'application/x-www-form-urlencoded')
  return readText(request, maxFormBytes)
}

/**
 * The JSON that a program posted.
 *
 * @throws {OAuthError} `invalid_request` for another content type or a body too large, `invalid_client_metadata` for no JSON
 */
export async function readJson(request: Request): Promise<unknown> {
  requireContentType(request, 'application/json')
  const text = await readText(request, maxFormBytes)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new OAuthError('invalid_client_metadata', 'The body must be JSON.', { cause })
  }
}

/**
 * The body of a request as text, read no further than `maxBytes`.
 *
 * @throws {OAuthError} `invalid_request` with status 413 when there is more
 */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const announced = request.headers.get('content-length')
  if (announced !== null) {
    // The server below cuts the body at the announced length.
    if (!(Number(announced) <= maxBytes)) throw tooLarge(maxBytes)
    return request.text()
  }
  if (!request.body) return ''
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  for await (const chunk of request.body) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw tooLarge(maxBytes)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** @throws {OAuthError} `invalid_request` with status 415 when the body is of another type */
export function requireContentType(request: Request, expected: string): void {
  const given = request.headers.get('content-type') ?? ''
  const [type = ''] = given.split(';')
  if (type.trim().toLowerCase() !== expected) {
    throw new OAuthError('invalid_request', `The body must be ${expected}.`)
  }
}

function tooLarge(maxBytes: number): OAuthError {
  return new OAuthError('invalid_request', `The body must not be larger than ${maxBytes} bytes.`, {
    status: 413,
  })
}
