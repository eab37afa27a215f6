import type { IdentityProvider, ProviderPackage, UnresolvedProvider } from '@portico/provider'

import { nearestName } from './nearest-name.ts'

/** Loads a package or, for `./…`, a file beside the configuration; rejects as `import()` does. */
export type ImportModule = (specifier: string) => Promise<object>

/** A provider package of any kind; the generic one may answer with a provider that needs its discovery document. */
export type AnyProviderPackage = ProviderPackage<IdentityProvider | UnresolvedProvider>

/** There is no such provider package. */
export class ProviderNotFoundError extends Error {
  override readonly name = 'ProviderNotFoundError'
  readonly code = 'provider_not_found'
}

/**
 * Finds a provider by its id (`logto`) or by the name of its package (`@acme/portico-acme`, `portico-provider-acme`).
 *
 * @param providerIds providers that are known to exist, to propose the one that was meant
 * @throws {ProviderNotFoundError}
 */
export async function loadProviderPackage(
  name: string,
  importModule: ImportModule,
  providerIds: readonly string[],
): Promise<AnyProviderPackage> {
  const isId = /^(?!portico-)[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)
  const specifier = isId ? `@portico/${name}` : name
  if (!isId && !/^(?:@[^/\s]+\/)?[^/\s@]+$|^\.\.?\//.test(name)) throw unknownProvider(name, providerIds)
  let module: object
  try {
    module = await importModule(specifier)
  } catch (error) {
    if (isMissing(error, specifier)) throw unknownProvider(name, providerIds, error)
    throw error
  }
  const [first] = providersIn(module)
  if (!first) throw new ProviderNotFoundError(`"${specifier}" exports no provider: is it a provider package?`)
  return first[1]
}

/** The providers among a module's exports, with their names. */
export function providersIn(module: object): readonly (readonly [string, AnyProviderPackage])[] {
  return Object.entries(module).filter((entry): entry is [string, AnyProviderPackage] => isProvider(entry[1]))
}

/** Whether `specifier` itself is missing; a missing dependency of an installed package is another failure. */
export function isMissing(error: unknown, specifier: string): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  const missing = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND'
  return missing && error.message.includes(`'${specifier}'`)
}

function isProvider(value: unknown): value is AnyProviderPackage {
  return (
    typeof value === 'function' &&
    'policyType' in value &&
    typeof value.policyType === 'string' &&
    'create' in value &&
    typeof value.create === 'function'
  )
}

function unknownProvider(
  name: string,
  providerIds: readonly string[],
  cause?: unknown,
): ProviderNotFoundError {
  const nearest = nearestName(name, providerIds)
  const proposal =
    nearest === undefined ? `There are ${providerIds.join(', ')}.` : `Did you mean "${nearest}"?`
  return new ProviderNotFoundError(`"${name}" is not an installed provider. ${proposal}`, { cause })
}
