import { z } from 'zod'

import { defaultScope, issuerOf, mergedDerivation, mergedScope } from './configured-provider.ts'
import type {
  DerivedConfiguration,
  GenericDerivation,
  ProviderDefinition,
  ProviderEnvironment,
  ProviderFactory,
  ProviderOptions,
} from './definition.ts'
import type { OptionChecker } from './option-checker.ts'
import type { OptionShape } from './parse-options.ts'

/** The factory with everything that is known about its package. `required` adds to what the schemas require. */
export function providerPackage<
  Options extends OptionShape,
  Claims extends z.ZodType,
  Derived extends GenericDerivation,
  Result,
>(
  definition: ProviderDefinition<Options, Claims, Derived>,
  checker: OptionChecker<Options, Derived>,
  create: (options: unknown, environment?: ProviderEnvironment) => Result,
  required: readonly string[],
): ProviderFactory<ProviderOptions<Options>, Result> {
  const { id, name, kind = 'oidc', policyType = `mcp-${id}-oauth-inbound`, scope = defaultScope } = definition
  const derive = (
    options: unknown,
    environment: ProviderEnvironment = { development: true },
  ): DerivedConfiguration => {
    const { shared, derived } = checker.check(options, environment, 'never')
    if ('discovery' in derived) {
      const { issuer, url } = derived.discovery
      return { oidc: { issuer, discoveryUrl: url }, scope: shared.scope ?? scope }
    }
    const { issuer: _, oidc, ...derivation } = mergedDerivation(derived, shared)
    return {
      oidc: { issuer: issuerOf(derived), ...oidc },
      ...derivation,
      scope: mergedScope(scope, shared, derived),
    }
  }
  const factory = (options: ProviderOptions<Options>, environment?: ProviderEnvironment): Result =>
    create(options, environment)
  Object.defineProperty(factory, 'name', { value: name })
  let jsonSchema: Readonly<Record<string, unknown>> | undefined
  // Only tools read it: a server that starts need not make it.
  const get = () => (jsonSchema ??= optionSchema(checker.shape, required))
  Object.defineProperty(factory, 'jsonSchema', { enumerable: true, get })
  return Object.assign(factory as typeof factory & { readonly jsonSchema: ReturnType<typeof get> }, {
    id,
    kind,
    policyType,
    create,
    derive,
  })
}

function optionSchema(shape: OptionShape, required: readonly string[]): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(z.strictObject(shape), { io: 'input' })
  return { ...schema, required: [...new Set([...(schema.required ?? []), ...required])] }
}
