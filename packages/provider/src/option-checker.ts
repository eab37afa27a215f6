import type { z } from 'zod'

import { commonOptions, type CommonValues } from './common-options.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import type {
  GenericDerivation,
  OptionValues,
  ProviderDefinition,
  ProviderEnvironment,
  Report,
} from './definition.ts'
import { reportCredentials, reportLoginOptions } from './login-rules.ts'
import { parseOptions, type OptionShape, type ParsedOptions } from './parse-options.ts'
import { reportUnsafeUrls } from './report-unsafe-urls.ts'

/** Options that passed every check, and what was derived from them. */
export interface CheckedOptions<Options extends OptionShape, Derived> {
  readonly values: OptionValues<Options>
  /** Empty only where no credentials were asked for. */
  readonly clientId: string
  readonly shared: CommonValues
  readonly derived: Derived
}

/**
 * Whether credentials must be there. `whenDerived`: not to be asked for before the options could be read, because the
 * derivation may find them among its own.
 */
type CredentialsNeed = 'always' | 'whenDerived' | 'never'

/** The schemas of all options: the provider's own first, and where names are equal only those. */
function optionShape<Options extends OptionShape, Claims extends z.ZodType, Derived>(
  definition: ProviderDefinition<Options, Claims, Derived>,
): OptionShape {
  const { options, client = {}, kind = 'oidc' } = definition
  return {
    ...options,
    ...commonOptions(kind),
    ...(client.id && { clientId: client.id.optional() }),
    ...(client.secret && { clientSecret: client.secret.optional() }),
    ...options,
  }
}

/** Validates options of one definition and derives from them. */
export interface OptionChecker<Options extends OptionShape, Derived> {
  readonly shape: OptionShape
  /** @throws {ConfigError} with everything that is wrong */
  check(
    input: unknown,
    environment: ProviderEnvironment,
    credentials: CredentialsNeed,
  ): CheckedOptions<Options, Derived>
}

/** Builds the schemas of a definition once, for any number of checks. */
export function optionChecker<
  Options extends OptionShape,
  Claims extends z.ZodType,
  Derived extends GenericDerivation,
>(definition: ProviderDefinition<Options, Claims, Derived>): OptionChecker<Options, Derived> {
  const shape = optionShape(definition)
  const own = Object.keys(definition.options)
  return {
    shape,
    check(input, { development = false }, credentials) {
      const parsed = parseOptions(shape, input)
      const { problems, failed } = withSwapRecognised(parsed, shape, input)
      const report = reporter(problems, failed)
      // `parseOptions` has put every value through the schema of its option, which is what these types say.
      const values = parsed.values as OptionValues<Options>
      const readable = !own.some((option) => parsed.failed.has(option))
      const found = problems.length
      const derived = readable ? definition.derive(values, report) : undefined
      // A derivation from contradictions is not meant to be looked at.
      if (derived !== undefined && problems.length === found) {
        reportUnsafeUrls(derived, parsed.values, development, report)
      }
      const shared = { ...(parsed.values as CommonValues), ...derived?.shared }
      const outcome: GenericDerivation | undefined = derived
      const derivation = outcome === undefined || 'discovery' in outcome ? undefined : outcome
      if (credentials === 'always' || (credentials === 'whenDerived' && derived !== undefined)) {
        reportCredentials(shared, derivation, report)
      }
      if (derivation !== undefined) reportLoginOptions(shared, derivation, report)
      if (derived === undefined && problems.length === 0) {
        throw new TypeError(`The definition of ${definition.id} derived nothing and reported nothing`)
      }
      if (derived === undefined || problems.length > 0) throw new ConfigError(definition.name, problems)
      return { values, clientId: shared.clientId ?? '', shared, derived }
    },
  }
}

/** A function that adds to `problems`, each of them once, and nothing more about options that failed by themselves. */
export function reporter(problems: ConfigProblem[], failed: ReadonlySet<string> = new Set()): Report {
  return (option, problem, remedy) => {
    if (failed.has(option.split('.')[0] ?? option)) return
    if (problems.some((each) => each.option === option && each.problem === problem)) return
    problems.push({ option, problem, remedy })
  }
}

/** Says "swapped" instead of two riddles when each credential has the other's shape. */
function withSwapRecognised({ problems, failed }: ParsedOptions, shape: OptionShape, input: unknown) {
  const { clientId: id, clientSecret: secret } = Object(input) as Readonly<Record<string, unknown>>
  const accepts = (option: string, value: unknown) => shape[option]?.safeParse(value ?? null).success === true
  // Only a shape that does not let any text pass can tell an id from a secret.
  const swapped =
    failed.has('clientId') &&
    !accepts('clientId', 'x') &&
    accepts('clientId', secret) &&
    accepts('clientSecret', id)
  if (!swapped) return { problems: [...problems], failed }
  const others = problems.filter(({ option }) => option !== 'clientId' && option !== 'clientSecret')
  const swap = {
    option: 'clientId',
    problem: 'and clientSecret are swapped',
    remedy: 'Exchange their values.',
  }
  return { problems: [swap, ...others], failed: new Set([...failed, 'clientSecret']) }
}
