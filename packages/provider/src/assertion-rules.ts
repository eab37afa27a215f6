import type { Derivation, IdJagOptions } from './contract.ts'
import type { Report } from './definition.ts'

/** Reports assertions that would be taken from nobody, and what is wider than a sign-in with the provider (EMA-03 to EMA-05). */
export function reportAssertions(
  idJag: IdJagOptions | undefined,
  { kind = 'oidc', oidc }: Pick<Derivation, 'kind' | 'oidc'>,
  report: Report,
): void {
  if (!idJag?.enabled) return
  const { trustedIssuers, authorizationDetailsTypesAllowed = [] } = idJag
  if (kind !== 'oidc' || !oidc) {
    report('idJag', 'needs an OpenID provider, whose keys prove assertions', 'Remove it.')
    return
  }
  if (authorizationDetailsTypesAllowed.length > 0) {
    report(
      'idJag.authorizationDetailsTypesAllowed',
      'allows what is never granted: remove it',
      'Assertions with authorization details are refused.',
    )
  }
  if (trustedIssuers === undefined) {
    report(
      'idJag.trustedIssuers',
      'is missing',
      'Name the clients that may present assertions, as in [{ "expectedClientIds": ["agent"] }].',
    )
  }
  for (const [index, { issuer, jwksUrl, expectedClientIds = [], subjectMapping }] of (
    trustedIssuers ?? []
  ).entries()) {
    const at = `idJag.trustedIssuers[${index}]`
    if (issuer !== undefined && (issuer !== oidc.issuer || jwksUrl !== oidc.jwksUrl)) {
      report(
        `${at}.${issuer === oidc.issuer ? 'jwksUrl' : 'issuer'}`,
        'differs from that of the sign-in provider, whose users the assertions are about',
        'Leave out issuer and jwksUrl, or give that issuer a sign-in policy with idJag of its own.',
      )
    }
    if (expectedClientIds.length === 0) {
      report(
        `${at}.expectedClientIds`,
        'must name the clients that may present assertions, e.g. ["agent"]',
        'Without it none may.',
      )
    }
    if (subjectMapping !== undefined && subjectMapping !== 'iss_prefix') {
      report(
        `${at}.subjectMapping`,
        'must be "iss_prefix", or left out',
        'An account is issuer and subject, as after a sign-in, so that no two people share one.',
      )
    }
  }
}
