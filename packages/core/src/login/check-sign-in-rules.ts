import type { Identity, SignInRules } from '@portico/provider'

import { UpstreamError } from '../oauth-error.ts'

/**
 * Who of the provider's users may come in. Every rule that is present must hold, and what the provider did not say, or
 * did not verify, holds nothing (IDP-08).
 *
 * @throws {UpstreamError} `sign_in_…`
 */
export function checkSignInRules(rules: SignInRules, { email, groups = [] }: Identity): void {
  const { requireVerifiedEmail, allowedDomains, allowedGroups } = rules
  if (requireVerifiedEmail && !email?.verified) {
    throw new UpstreamError(
      'sign_in_email_not_verified',
      'The account has no e-mail address that the provider has verified ("requireVerifiedEmail").',
    )
  }
  if (allowedDomains && !allowedDomains.some((domain) => isInDomain(email, domain))) {
    throw new UpstreamError(
      'sign_in_domain_not_allowed',
      'The account has no verified e-mail address in one of "allowedDomains".',
    )
  }
  if (allowedGroups && !allowedGroups.some((group) => groups.includes(group))) {
    throw new UpstreamError(
      'sign_in_group_not_allowed',
      'The account is in none of "allowedGroups": compare them with the groups claim of the provider.',
    )
  }
}

/** The part behind the last `@`, exactly: subdomains are other domains. */
function isInDomain(email: Identity['email'], domain: string): boolean {
  if (!email?.verified) return false
  const at = email.address.lastIndexOf('@')
  return at > 0 && email.address.slice(at + 1).toLowerCase() === domain.toLowerCase()
}
