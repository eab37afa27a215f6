import { IdentityError, type IdentityProvider, type Read, type UnresolvedProvider } from '@portico/provider'
import { expect, it } from 'vitest'

import {
  changed,
  type AnyProvider,
  type DescribeProviderOptions,
  type IdentityCase,
} from './provider-case.ts'

/** Claims become identities, and those who may not sign in are kept out by an `IdentityError`. */
export function identityChecks(provider: AnyProvider, promises: DescribeProviderOptions): void {
  const identify = ({ options = {}, claims, answers = {} }: IdentityCase) =>
    resolved(provider.create(changed(promises.options, options))).identify(claims, reader(answers))
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
    const configured = resolved(provider.create(promises.options))
    const error = /^\w+$/.test(words) ? { code: words } : { code: 'access_denied', description: words }
    expect(configured.explain({ stage: 'token', ...error })).toContain(explanation)
  })
}

function reader(answers: Readonly<Record<string, unknown>>): Read {
  return (url, schema) =>
    url in answers ? schema.parseAsync(answers[url]) : Promise.reject(new Error(`${url} answers nothing`))
}

function resolved(provider: IdentityProvider | UnresolvedProvider): IdentityProvider {
  if (!('discoveryUrl' in provider)) return provider
  const origin = new URL(provider.discoveryUrl).origin
  return provider.resolve({
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/keys`,
  })
}
