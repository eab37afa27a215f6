import type { IdentityProvider } from '@portico/provider'
import type { LoginVariant } from '@portico/test-peers'

import type { LoginBench, LoginOutcome } from './login-bench.ts'
import type { IdentityCase } from './provider-case.ts'

/** A provider, somebody who can sign in with it, and a server that has it. */
export interface LoginSubject {
  readonly provider: IdentityProvider
  readonly person: IdentityCase
  readonly bench: LoginBench
}

/** Verdicts by the title of the variant. */
export interface LoginVerdicts {
  readonly ended: Readonly<Record<string, string>>
  readonly expected: Readonly<Record<string, string>>
}

/** Tries every variant that says something about the provider, and compares how it ends with how it should. */
export async function judgeLogins(
  variants: readonly LoginVariant[],
  { provider, person, bench }: LoginSubject,
): Promise<LoginVerdicts> {
  const ended: Record<string, string> = {}
  const expected: Record<string, string> = {}
  for (const variant of variants) {
    if (!isAbout(variant, provider)) continue
    const outcome = await bench.signIn(person, variant)
    ended[variant.title] = verdict(outcome, variant)
    expected[variant.title] = expectedVerdict(variant, provider, outcome)
  }
  return { ended, expected }
}

function isAbout({ needs }: LoginVariant, { kind, oidc, browserLogin }: IdentityProvider): boolean {
  switch (needs) {
    case 'id-token':
      return kind === 'oidc'
    case 'standard-answer':
      return kind !== 'private'
    case 'nonce':
      return (browserLogin.nonce ?? 'nonce') === 'nonce'
    case 'issuer':
      return oidc !== undefined
    default:
      return true
  }
}

function verdict({ code, account }: LoginOutcome, { emailVerified }: LoginVariant): string {
  if (code === undefined) return account === undefined ? 'refused' : 'refused, but a session began'
  if (account === undefined) return 'accepted without a session'
  const invented = emailVerified === false && account.email?.verified === true
  return invented ? 'accepted, with an address called verified that is not' : 'accepted'
}

function expectedVerdict(
  { outcome }: LoginVariant,
  { browserLogin, oidc }: IdentityProvider,
  { issuer }: LoginOutcome,
): string {
  if (outcome === 'accepted-unless-iss-required') {
    return browserLogin.responseIss === 'required' ? 'refused' : 'accepted'
  }
  // A wrong spelling may be one that this provider really uses.
  const known = oidc?.acceptedIssuers?.some((each) => each === issuer && each !== oidc.issuer)
  return known === true ? 'accepted' : outcome
}
