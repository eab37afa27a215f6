import { z } from 'zod'

import { checkOptions, optionShape, reporter } from './check-options.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import {
  configuredProvider,
  defaultScope,
  issuerOf,
  mergedDerivation,
  mergedScope,
} from './configured-provider.ts'
import type { IdentityProvider, UnresolvedProvider } from './contract.ts'
import type {
  DerivedConfiguration,
  GenericDerivation,
  ProviderDefinition,
  ProviderEnvironment,
  ProviderFactory,
  ProviderOptions,
} from './definition.ts'
import { reportUnsafeUrls } from './derived-urls.ts'
import { reportLoginOptions } from './login-rules.ts'
import type { OptionShape } from './parse-options.ts'
import type { standardClaims } from './standard-claims.ts'

/** Declares an identity provider. What it answers is the one export of the provider's package. */
export function defineProvider<
  const Options extends OptionShape,
  Claims extends z.ZodType = typeof standardClaims,
>(
  definition: ProviderDefinition<Options, Claims>,
): ProviderFactory<ProviderOptions<Options> & { readonly clientId: string }> {
  const create = (options: unknown, environment: ProviderEnvironment = {}): IdentityProvider => {
    const { values, clientId, shared, derived } = checkOptions(definition, options, environment, {
      credentials: true,
    })
    return configuredProvider(definition, values, { ...shared, clientId }, derived)
  }
  return packaged(definition, create, ['clientId'])
}

/** Declares a provider whose endpoints may be left to its discovery document; made for generic OpenID Connect. */
export function defineDiscoverableProvider<
  const Options extends OptionShape,
  Claims extends z.ZodType = typeof standardClaims,
>(
  definition: ProviderDefinition<Options, Claims, GenericDerivation>,
): ProviderFactory<ProviderOptions<Options>, IdentityProvider | UnresolvedProvider> {
  const create = (
    options: unknown,
    environment: ProviderEnvironment = {},
  ): IdentityProvider | UnresolvedProvider => {
    const { values, clientId, shared, derived } = checkOptions(definition, options, environment, {
      credentials: true,
    })
    if (!('discovery' in derived))
      return configuredProvider(definition, values, { ...shared, clientId }, derived)
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
      return configuredProvider(definition, values, { ...shared, clientId }, derivation)
    }
    const { providerId: id = definition.id, displayName: name = definition.name } = shared
    return { type: definition.id, id, name, discoveryUrl: discovery.url, resolve }
  }
  return packaged(definition, create, [])
}

function packaged<
  Options extends OptionShape,
  Claims extends z.ZodType,
  Derived extends GenericDerivation,
  Result,
>(
  definition: ProviderDefinition<Options, Claims, Derived>,
  create: (options: unknown, environment?: ProviderEnvironment) => Result,
  required: readonly string[],
): ProviderFactory<ProviderOptions<Options>, Result> {
  const { id, name, kind = 'oidc', policyType = `mcp-${id}-oauth-inbound` } = definition
  const derive = (
    options: unknown,
    environment: ProviderEnvironment = { development: true },
  ): DerivedConfiguration => {
    const { shared, derived } = checkOptions(definition, options, environment, { credentials: false })
    if ('discovery' in derived) {
      const { issuer, url } = derived.discovery
      return { oidc: { issuer, discoveryUrl: url }, scope: shared.scope ?? definition.scope ?? defaultScope }
    }
    const { issuer: _, oidc, ...derivation } = mergedDerivation(derived, shared)
    return {
      oidc: { issuer: issuerOf(derived), ...oidc },
      ...derivation,
      scope: mergedScope(definition.scope, shared, derived),
    }
  }
  const call = (options: ProviderOptions<Options>, environment?: ProviderEnvironment): Result =>
    create(options, environment)
  Object.defineProperty(call, 'name', { value: name })
  return Object.assign(call, {
    id,
    kind,
    policyType,
    create,
    derive,
    jsonSchema: jsonSchema(definition, required),
  })
}

function jsonSchema<Options extends OptionShape, Claims extends z.ZodType, Derived>(
  definition: ProviderDefinition<Options, Claims, Derived>,
  required: readonly string[],
): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(z.strictObject(optionShape(definition)), { io: 'input' })
  return { ...schema, required: [...new Set([...(schema.required ?? []), ...required])] }
}
