import { describe } from 'vitest'

import { constructionChecks } from './provider-checks/construction-checks.ts'
import { derivationChecks } from './provider-checks/derivation-checks.ts'
import { identityChecks } from './provider-checks/identity-checks.ts'
import { injectionChecks } from './provider-checks/injection-checks.ts'
import { loginChecks } from './provider-checks/login-checks.ts'
import type { AnyProvider, DescribeProviderOptions } from './provider-checks/provider-case.ts'

/**
 * Proves an identity provider: construction with every usual mistake, derivation against examples and recorded
 * documents, injection, identities, and whole logins against a scripted provider in its shape: right ones end with a code,
 * every forged token, answer and callback without a session. Registers ordinary vitest tests.
 */
export function describeProvider(provider: AnyProvider, promises: DescribeProviderOptions): void {
  describe(`${provider.name}: options`, () => {
    constructionChecks(provider, promises)
  })
  describe(`${provider.name}: derivation`, () => {
    derivationChecks(provider, promises)
  })
  describe(`${provider.name}: injection`, () => {
    injectionChecks(provider, promises)
  })
  describe(`${provider.name}: identity`, () => {
    identityChecks(provider, promises)
  })
  describe(`${provider.name}: login`, () => {
    loginChecks(provider, promises)
  })
}
