import type {
  ConfigError,
  Identity,
  IdentityProvider,
  ProviderPackage,
  UnresolvedProvider,
} from '@portico/provider'

/** A provider package of any kind. */
export type AnyProvider = ProviderPackage<IdentityProvider | UnresolvedProvider>

/** Options by name; `undefined` in a change removes the option. */
export type ProviderOptionValues = Readonly<Record<string, unknown>>

/** One login: the claims that arrive, and who that is or why nobody may sign in. */
export interface IdentityCase {
  /** Changes to the complete options. */
  readonly options?: ProviderOptionValues
  readonly claims: Readonly<Record<string, unknown>>
  /** Answers of the provider's API by URL; a URL that is not here answers an error. */
  readonly answers?: Readonly<Record<string, unknown>>
  /** Members that are `undefined` may be left out. */
  readonly identity?: Identity
  /** Words of the error when nobody may sign in. */
  readonly refused?: string
}

/** What a provider promises; every member is data. */
export interface DescribeProviderOptions {
  /** Complete, valid options, credentials included: what the other members change. */
  readonly options: ProviderOptionValues
  /** Further sets of complete options, where options exclude each other. */
  readonly variants?: readonly ProviderOptionValues[]
  /** Worked examples: options of the derivation, and what they derive, by path: `oidc.issuer`. */
  readonly derives: readonly (readonly [ProviderOptionValues, Readonly<Record<string, unknown>>])[]
  /** Directory of recorded documents: JSON files with `source`, `options` and `document`. */
  readonly fixtures?: URL
  /** Changes to `options`, and the sentence of the refusal, or all of them. */
  readonly refuses: readonly (readonly [ProviderOptionValues, string | readonly string[]])[]
  /** Changes to `options` that differ from a refused one by a detail and are right. */
  readonly accepts?: readonly ProviderOptionValues[]
  readonly identifies: readonly IdentityCase[]
  /** Errors of the provider by code or words, and words of the explanation. */
  readonly explains?: Readonly<Record<string, string>>
}

/** All sets of complete options. */
export function completeOptions({
  options,
  variants = [],
}: DescribeProviderOptions): readonly ProviderOptionValues[] {
  return [options, ...variants]
}

/** `options` after `change`. */
export function changed(options: ProviderOptionValues, change: ProviderOptionValues): ProviderOptionValues {
  return Object.fromEntries(
    Object.entries({ ...options, ...change }).filter(([, value]) => value !== undefined),
  )
}

/** One problem as it stands in the message. */
export function sentence({ option, problem, remedy }: ConfigError['problems'][number]): string {
  return remedy === undefined ? `${option} ${problem}.` : `${option} ${problem}. ${remedy}`
}

/** The URLs of a derivation that are fetched or visited. */
export function urlsOf(derived: ReturnType<AnyProvider['derive']>): readonly string[] {
  const { oidc, browserLogin, logout } = derived
  return [
    browserLogin?.url,
    browserLogin?.tokenUrl,
    oidc.jwksUrl,
    oidc.userinfoUrl,
    oidc.endSessionUrl,
    oidc.revocationUrl,
    oidc.discoveryUrl,
    logout?.url,
  ].filter((url) => url !== undefined)
}
