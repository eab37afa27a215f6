import { OAuthError } from './oauth-error.ts'

/** Parameters of a form that a program posts, as the RFCs read them: empty is absent, unknown ones are ignored, none is there twice. */
export interface FormParameters {
  get(name: string): string | undefined
  /** `resource` alone may be there several times (RFC 8707 §2). */
  readonly resources: readonly string[]
}

/**
 * Reads `application/x-www-form-urlencoded` text.
 *
 * @throws {OAuthError} `invalid_request` when a parameter is repeated (AS-20, AS-50)
 */
export function parseFormParameters(text: string): FormParameters {
  const values = new Map<string, string>()
  const resources: string[] = []
  for (const [name, value] of new URLSearchParams(text)) {
    if (name === 'resource') {
      if (value !== '') resources.push(value)
    } else if (values.has(name)) {
      throw new OAuthError('invalid_request', `The parameter ${asciiName(name)} must not be repeated.`)
    } else {
      values.set(name, value)
    }
  }
  return { get: (name) => values.get(name) || undefined, resources }
}

/** A name from outside, fit for an `error_description`. */
function asciiName(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?').slice(0, 64)
}
