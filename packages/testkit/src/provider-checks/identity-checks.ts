import { IdentityError } from '@portico/provider'
import { expect, it } from 'vitest'

import { readerOf } from './case-of.ts'
import {
  changed,
  type AnyProvider,
  type DescribeProviderOptions,
  type IdentityCase,
} from './provider-case.ts'
import { resolvedProvider } from './resolved-provider.ts'

/** Claims become identities, and those who may not sign in are kept out by an `IdentityError`. */
export function identityChecks(provider: AnyProvider, promises: DescribeProviderOptions): void {
  const identify = (each: IdentityCase) =>
    resolvedProvider(provider.create(changed(promises.options, each.options ?? {}))).identify(
      each.claims,
      readerOf(each),
    )
  const known = promises.identifies.filter(({ refused }) => refused === undefined)
  const refused = promises.identifies.filter((each) => each.refused !== undefined)

  it.each(known.map((each) => [each] as const))('identifies %j', async (each) => {
    expect(await identify(each)).toEqual(each.identity)
  })

  it.each(refused.map((each) => [each] as const))('turns away %j', async (each) => {
    const identified = identify(each)
    await expect(identified).rejects.toThrow(each.refused)
    await expect(identified).rejects.toBeInstanceOf(IdentityError)
  })

  it('knows no one without a subject', async () => {
    await expect(identify({ claims: {} })).rejects.toBeInstanceOf(Error)
  })

  it.each(Object.entries(promises.explains ?? {}))('explains %s', (words, explanation) => {
    const configured = resolvedProvider(provider.create(promises.options))
    const error = /^\w+$/.test(words) ? { code: words } : { code: 'access_denied', description: words }
    expect(configured.explain({ stage: 'token', ...error })).toContain(explanation)
  })
}
