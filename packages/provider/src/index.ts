export { asymmetricAlgorithms } from './asymmetric-algorithms.ts'
export { ConfigError, type ConfigProblem, explainProblem, isConfigError } from './config-error.ts'
export type {
  BrowserLoginDerivation,
  ClientAuthenticationDerivation,
  Derivation,
  GatewayOptions,
  Hint,
  Identity,
  IdentityProvider,
  IdJagIssuer,
  IdJagOptions,
  IssuerTemplate,
  LoginSettings,
  LogoutDerivation,
  OfflineAccessDerivation,
  OidcDerivation,
  PrivateKeyOptions,
  ProviderClient,
  ProviderError,
  ProviderKind,
  Read,
  RequiredClaim,
  SignInRules,
  TokenEndpointAuthMethod,
  UnresolvedProvider,
} from './contract.ts'
export { defineDiscoverableProvider, defineProvider } from './define-provider.ts'
export type {
  DerivedConfiguration,
  GenericDerivation,
  OptionValues,
  PendingDerivation,
  ProviderDefinition,
  ProviderEnvironment,
  ProviderFactory,
  ProviderOptions,
  ProviderPackage,
  Report,
} from './definition.ts'
export { isPublishedAs } from './is-published-as.ts'
export { IdentityError, type IdentityErrorCode } from './identity-error.ts'
export { parseOptions, type OptionShape, type ParsedOptions } from './parse-options.ts'
export { standardClaims, standardIdentity, verifiedFlag } from './standard-claims.ts'
export { clientId, clientSecret } from './validators/credentials.ts'
export { guid, isGuid } from './validators/guid.ts'
export { bareHost, hostLabel } from './validators/host.ts'
export { pathSegment } from './validators/path-segment.ts'
export { pkce } from './validators/pkce.ts'
export { refuse, type Mistake, type Refusal } from './validators/refusal.ts'
export { scope } from './validators/scope.ts'
export { shapedText, text } from './validators/text.ts'
export { baseUrl, bareOrigin, endpointUrl, issuerUrl } from './validators/url.ts'
export {
  pageBelow,
  prefixedId,
  sharedSecretSignature,
  vendorAddress,
  wholeAddress,
} from './validators/usual-mistakes.ts'
