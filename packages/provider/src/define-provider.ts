import type { z } from 'zod'

import { ConfigError, type ConfigProblem } from './config-error.ts'
import { configuredProvider } from './configured-provider.ts'
import type { IdentityProvider, UnresolvedProvider } from './contract.ts'
import type {
  GenericDerivation,
  ProviderDefinition,
  ProviderEnvironment,
  ProviderFactory,
  ProviderOptions,
} from './definition.ts'
import { reportLoginOptions } from './login-rules.ts'
import { optionChecker, reporter } from './option-checker.ts'
import type { OptionShape } from './parse-options.ts'
import { providerPackage } from './provider-package.ts'
import { reportUnsafeUrls } from './report-unsafe-urls.ts'
import type { standardClaims } from './standard-claims.ts'

/** Declares an identity provider. What it answers is the one export of the provider's package. */
export function defineProvider<
  const Options extends OptionShape,
  Claims extends z.ZodType = typeof standardClaims,
>(
  definition: ProviderDefinition<Options, Claims>,
): ProviderFactory<ProviderOptions<Options> & { readonly clientId: string }> {
  const checker = optionChecker(definition)
  const create = (options: unknown, environment: ProviderEnvironment = {}): IdentityProvider => {
    const { values, clientId, shared, derived } = checker.check(options, environment, 'always')
    return configuredProvider(definition, values, { ...shared, clientId }, derived)
  }
  return providerPackage(definition, checker, create, ['clientId'])
}

/** Declares a provider whose endpoints may be left to its discovery document; made for generic OpenID Connect. */
export function defineDiscoverableProvider<
  const Options extends OptionShape,
  Claims extends z.ZodType = typeof standardClaims,
>(
  definition: ProviderDefinition<Options, Claims, GenericDerivation>,
): ProviderFactory<ProviderOptions<Options>, IdentityProvider | UnresolvedProvider> {
  const checker = optionChecker(definition)
  const create = (
    options: unknown,
    environment: ProviderEnvironment = {},
  ): IdentityProvider | UnresolvedProvider => {
    const { values, clientId, shared, derived } = checker.check(options, environment, 'whenDerived')
    const login = { ...shared, clientId }
    if (!('discovery' in derived)) return configuredProvider(definition, values, login, derived)
    const { discovery } = derived
    const resolve = (document: unknown): IdentityProvider => {
      const problems: ConfigProblem[] = []
      const report = reporter(problems)
      const derivation = discovery.derive(document, report)
      if (derivation !== undefined) {
        reportLoginOptions(shared, derivation, report)
        reportUnsafeUrls(derivation, { issuer: discovery.issuer }, environment.development === true, report)
      }
      if (derivation === undefined || problems.length > 0) throw new ConfigError(definition.name, problems)
      return configuredProvider(definition, values, login, derivation)
    }
    const { providerId: id = definition.id, displayName: name = definition.name } = shared
    return { type: definition.id, id, name, discoveryUrl: discovery.url, resolve }
  }
  return providerPackage(definition, checker, create, [])
}
