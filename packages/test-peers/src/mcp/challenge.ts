/** A `WWW-Authenticate` challenge (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1). */
export interface Challenge {
  readonly status: number
  readonly scheme: 'Bearer' | 'DPoP'
  readonly headers: Headers
  /** Every parameter of the header, e.g. `error`, `scope`. */
  readonly parameters: Readonly<Record<string, string>>
  readonly resourceMetadata: string | undefined
  readonly scope: string | undefined
}

/** Reads the challenge of a 401 or 403. Anything but one challenge with quoted values, for a bearer token or a bound one, is an error. */
export function parseChallenge({ status, headers }: Response): Challenge {
  const header = headers.get('www-authenticate') ?? ''
  const match = /^(Bearer|DPoP)(?: +(.*))?$/.exec(header)
  if (match === null) throw new Error(`Status ${status} came without a Bearer challenge: "${header}".`)
  const parameters: Record<string, string> = {}
  let rest = match[2] ?? ''
  while (rest !== '') {
    const [all, name, value] = /^([a-z_]+)="([^"\\]*)"(?:, *|$)/.exec(rest) ?? []
    if (all === undefined || name === undefined || value === undefined || name in parameters) {
      throw new Error(`The challenge cannot be read from here: ${rest}`)
    }
    parameters[name] = value
    rest = rest.slice(all.length)
  }
  return {
    status,
    scheme: match[1] === 'DPoP' ? 'DPoP' : 'Bearer',
    headers,
    parameters,
    resourceMetadata: parameters.resource_metadata,
    scope: parameters.scope,
  }
}
