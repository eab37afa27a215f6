import type { z } from 'zod'

import type { commonOptions, CommonValues } from './common-options.ts'
import type { Derivation, Identity, IdentityProvider, ProviderKind, Read } from './contract.ts'
import type { OptionShape } from './parse-options.ts'

/** Adds a problem to those that are thrown together. The texts follow the rules of `ConfigProblem`. */
export type Report = (option: string, problem: string, remedy?: string) => void

/** Where the options are used. */
export interface ProviderEnvironment {
  /** Accept plain http on loopback addresses. Default `false`. */
  readonly development?: boolean
}

/** The provider's own options as `derive` and `identify` see them, and the shared ones beside them. */
export type OptionValues<Options extends OptionShape> = z.output<z.ZodObject<Options>> &
  Omit<CommonValues, keyof Options>

/** What the factory accepts: the provider's own options and the shared ones. */
export type ProviderOptions<Options extends OptionShape> = z.input<z.ZodObject<Options>> &
  Omit<z.input<z.ZodObject<ReturnType<typeof commonOptions>>>, keyof Options>

/** What a provider package states: data, and up to two pure functions. */
export interface ProviderDefinition<
  Options extends OptionShape,
  Claims extends z.ZodType,
  Derived = Derivation,
> {
  /** Name of the package's folder, of the policy type and of the callback. */
  readonly id: string
  /** Shown to users and in messages. */
  readonly name: string
  /** Default `oidc`. */
  readonly kind?: ProviderKind
  /** Default `mcp-<id>-oauth-inbound`. */
  readonly policyType?: string
  /** Scopes asked for when the operator names none; default `openid profile email`. */
  readonly scope?: string
  /** The provider's own options; `clientId` is one of them only where an endpoint depends on it. */
  readonly options: Options
  /** For credentials with a shape of their own, by which a mix-up is recognised. */
  readonly client?: { readonly id?: z.ZodType<string, string>; readonly secret?: z.ZodType<string, string> }
  /**
   * Options to endpoints and peculiarities. Called with valid options only; contradictions among them are reported.
   * Answers nothing only after a report.
   */
  readonly derive: (options: OptionValues<Options>, report: Report) => Derived | undefined
  /** The claims that `identify` reads; default `standardClaims`. */
  readonly claims?: Claims
  /** Claims to identity; default `standardIdentity`. */
  readonly identify?: (
    claims: z.output<Claims>,
    read: Read,
    options: OptionValues<Options>,
  ) => Identity | Promise<Identity>
  /** Instructions for the operator by error code, or by words of the error's description. */
  readonly explain?: Readonly<Record<string, string>>
}

/** A derivation that waits for the provider's discovery document. */
export interface PendingDerivation {
  readonly discovery: {
    readonly issuer: string
    readonly url: string
    /** Pure, like `derive`: what does not fit is reported. Answers nothing when something indispensable is missing. */
    readonly derive: (document: unknown, report: Report) => Derivation | undefined
  }
}

/** What only the generic provider derives: perhaps a promise, and shared options that it takes in other places. */
export type GenericDerivation = (Derivation | PendingDerivation) & { readonly shared?: Partial<CommonValues> }

/** What `ProviderPackage.derive` answers: the derivation and the scope, in the names of the generic configuration. */
export interface DerivedConfiguration extends Omit<Partial<Derivation>, 'oidc' | 'issuer'> {
  readonly oidc: Partial<NonNullable<Derivation['oidc']>>
  readonly scope: string
}

/** A provider package as the gateway, the command line and the documentation see it. */
export interface ProviderPackage<Result = IdentityProvider> {
  readonly id: string
  readonly name: string
  readonly kind: ProviderKind
  /** `policyType` in the configuration file. */
  readonly policyType: string
  /** JSON Schema (2020-12) of all options, the provider's own first. */
  readonly jsonSchema: Readonly<Record<string, unknown>>
  /**
   * The factory for options of unknown origin, such as a configuration file.
   *
   * @throws {ConfigError} naming everything that is wrong with them
   */
  create(options: unknown, environment?: ProviderEnvironment): Result
  /**
   * Only the derivation, as plain data without secrets. Client id and secret may be missing, unless an endpoint depends
   * on them. Nothing is contacted, so loopback addresses are accepted by default.
   *
   * @throws {ConfigError} naming everything that is wrong with the options
   */
  derive(options: unknown, environment?: ProviderEnvironment): DerivedConfiguration
}

/** Builds a configured provider, and carries what is known about the package. */
export interface ProviderFactory<Options, Result = IdentityProvider> extends ProviderPackage<Result> {
  /** @throws {ConfigError} naming everything that is wrong with the options */
  (options: Options, environment?: ProviderEnvironment): Result
}
