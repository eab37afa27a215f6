import type { IdentityProvider } from '@portico/provider'
import {
  callbackVariants,
  idTokenVariants,
  type LoginVariant,
  signatureVariants,
  tokenAnswerVariants,
} from '@portico/test-peers'
import { describe, expect, it } from 'vitest'

import { caseOf } from './case-of.ts'
import { judgeLogins, type LoginSubject } from './judge-logins.ts'
import { createLoginBench, type LoginOutcome } from './login-bench.ts'
import {
  changed,
  completeOptions,
  type AnyProvider,
  type DescribeProviderOptions,
  type IdentityCase,
  type ProviderOptionValues,
} from './provider-case.ts'
import { requiredClaimVariants } from './required-claim-variants.ts'
import { resolvedProvider } from './resolved-provider.ts'

/** Faults whose messages have reason to quote something. */
const tellingVariants = new Set([
  'error-invalid-client',
  'signature-stripped',
  'error-with-state',
  'id-token-garbage',
])

/** Whole logins: what the provider says is believed exactly as far as it has proven it. */
export function loginChecks(provider: AnyProvider, promises: DescribeProviderOptions): void {
  describe.each(completeOptions(promises).map((options) => [options] as const))('with %j', (options) => {
    let made: Promise<LoginSubject> | undefined
    const subject = (): Promise<LoginSubject> => (made ??= subjectOf(provider, promises, options))

    it('signs a user in, through consent, to a code', async () => {
      const { provider: configured, person, bench } = await subject()
      const { code, account, idp } = await bench.signIn(person)
      expect(code).toMatch(/^[\w-]{40,}$/)
      expect(identityIn(account)).toEqual(person.identity)
      const asked = Object.fromEntries(idp.requests[0]?.parameters ?? [])
      expect(asked).toMatchObject({ ...configured.browserLogin.parameters, scope: configured.scope })
      expect(asked).toMatchObject(protectionOf(configured))
      expect(idp.requests.map(({ endpoint }) => endpoint)).toEqual(
        expect.arrayContaining(['authorization', 'token']),
      )
    })

    if (kindOf(provider, options) === 'oidc') {
      it('believes an ID token whose every claim is right, and no other (OpenID Connect Core §3.1.3.7)', async () => {
        const { provider: configured } = await subject()
        await expectRightVerdicts([...idTokenVariants, ...requiredClaimVariants(configured)], await subject())
      })

      it('believes an ID token that a published key has signed, and no other (RFC 8725 §3)', async () => {
        await expectRightVerdicts(signatureVariants, await subject())
      })
    }

    it('takes tokens from a right answer of the token endpoint only (RFC 6749 §5)', async () => {
      await expectRightVerdicts(tokenAnswerVariants, await subject())
    })

    it('takes a callback only as the answer to its own request (RFC 6749 §10.12, RFC 9207 §2.4)', async () => {
      await expectRightVerdicts(callbackVariants, await subject())
    })

    it('shows no secret and no token in a page, an address or an event', async () => {
      const { person, bench } = await subject()
      await bench.signIn(person)
      for (const variant of [...tokenAnswerVariants, ...signatureVariants, ...callbackVariants]) {
        if (tellingVariants.has(variant.id)) await bench.signIn(person, variant)
      }
      expect(bench.leaks()).toEqual([])
    })
  })

  it.each(promises.identifies.map((each) => [each] as const))(
    'makes of a login with %j what it should',
    async (each) => {
      const configured = resolvedProvider(provider.create(changed(promises.options, each.options ?? {})))
      const { code, account } = await createLoginBench(configured).signIn(each)
      expect(identityIn(account)).toEqual(each.identity)
      expect(code === undefined).toBe(each.refused !== undefined)
    },
  )
}

async function subjectOf(
  provider: AnyProvider,
  promises: DescribeProviderOptions,
  options: ProviderOptionValues,
): Promise<LoginSubject> {
  const configured = resolvedProvider(provider.create(options))
  const person = await caseOf(configured, promises.identifies)
  return { provider: configured, person, bench: createLoginBench(configured) }
}

/** Unknown where the options do not build a provider: the tests will say so. */
function kindOf(provider: AnyProvider, options: ProviderOptionValues): IdentityProvider['kind'] {
  try {
    return resolvedProvider(provider.create(options)).kind
  } catch {
    return 'oidc'
  }
}

async function expectRightVerdicts(variants: readonly LoginVariant[], subject: LoginSubject): Promise<void> {
  const { ended, expected } = await judgeLogins(variants, subject)
  expect(ended).toEqual(expected)
  expect(Object.values(expected)).toContain('refused')
}

/** PKCE and nonce go with every request, unless the derivation has said that the provider cannot take them. */
function protectionOf({ kind, browserLogin }: IdentityProvider): object {
  const { nonce = 'nonce', pkce } = browserLogin
  const long = expect.stringMatching(/^[\w-]{43}$/) as string
  return {
    state: long,
    ...(pkce !== 'none' && { code_challenge: long, code_challenge_method: 'S256' }),
    ...(nonce !== 'absent' && (kind === 'oidc' || nonce === 'claim_nonce') && { [nonce]: long }),
  }
}

/** The identity as it was stored; `toEqual` passes over members that are `undefined`. */
function identityIn(account: LoginOutcome['account']): IdentityCase['identity'] {
  if (account === undefined) return undefined
  const { providerSubject: subject, name, email, groups, roles, organization, picture } = account
  return { subject, name, email, groups, roles, organization, picture }
}
