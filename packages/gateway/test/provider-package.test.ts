import { describe, expect, it } from 'vitest'

import { loadProviderPackage, ProviderNotFoundError } from '../src/index.ts'
import { acme, importModule } from './config-files.ts'

const ids = ['acme', 'logto', 'oidc']

describe('a provider package', () => {
  it.each(['acme', '@portico/acme', '@vendor/acme'])('is found by %s', async (name) => {
    expect(await loadProviderPackage(name, importModule, ids)).toBe(acme)
  })

  it.each([
    ['acne', 'Did you mean "acme"?'],
    ['something-else', 'There are acme, logto, oidc.'],
    ['@vendor/other', 'is not an installed provider'],
    ['a b', 'is not an installed provider'],
  ])('is not found by %s, and the nearest one is proposed', async (name, message) => {
    const error = await loadProviderPackage(name, importModule, ids).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ProviderNotFoundError)
    expect(error).toMatchObject({ message: expect.stringContaining(message) })
  })

  it('is missed in a package that exports something else', async () => {
    const load = () => Promise.resolve({ acme: () => ({}) })
    await expect(loadProviderPackage('acme', load, ids)).rejects.toThrow('exports no provider')
  })

  it('fails as itself when it is there but cannot be loaded', async () => {
    const missing = Object.assign(new Error("Cannot find package 'zod' imported from there"), {
      code: 'ERR_MODULE_NOT_FOUND',
    })
    await expect(loadProviderPackage('acme', () => Promise.reject(missing), ids)).rejects.toBe(missing)
  })
})
