export { answerResponse } from './api/api-answer.ts'
export type { ApiAnswer } from './api/api-answer.ts'
export type { ApiHandler } from './api/api-endpoint.ts'
export { FetchApiRequest } from './api/api-request.ts'
export type { ApiRequest } from './api/api-request.ts'
export type { AuditEvent } from './audit-event.ts'
export { authorizationEvents } from './authorization-events.ts'
export type { AuthorizationEventName } from './authorization-events.ts'
export { createAuthorizationServer } from './authorization-server.ts'
export type { AuthorizationServer } from './authorization-server.ts'
export type { SignedIn } from './browser/session.ts'
export type { Context } from './context.ts'
export type { Requirement, Resource, Settings } from './settings.ts'
export { identifyAnswer, identifyBodyOf } from './identify-answer.ts'
export { createRequestIds } from './request-id.ts'
export type { GrantSummary } from './grants/describe-grants.ts'
export type { AccessSelection, RevokedAccess } from './grants/revoke-access.ts'
export type { GrantSelection } from './grants/revoke-grants.ts'
export type { AccountsPage, FoundAccounts } from './login/find-accounts.ts'
export { createProviderProbe } from './login/provider-probe.ts'
export type { ProviderProbe } from './login/provider-probe.ts'
export type { ResealedTokens } from './login/reseal-provider-tokens.ts'
export type { OwnPage, PageName, PageRenderer, Pages, PageViews } from './pages/own-pages.ts'
export type { AccountConnection } from './pages/account-page.ts'
export type { ConnectPageContent, HostPages, HostProblem } from './host-pages.ts'
export type { RequestFacts } from './limits/client-address.ts'
export type { OperatorPages, OperatorSession } from './operator-pages.ts'
export { optionFormProblems } from './option-form-problems.ts'
export { OAuthError, UpstreamError } from './oauth-error.ts'
export type { OAuthErrorCode } from './oauth-error.ts'
export type {
  AccessTokenOptions,
  AuthorizationServerOptions,
  ClientOptions,
  IdentityAssertionOptions,
  RateLimitOptions,
  RefreshTokenOptions,
  RegistrationOptions,
  ResourceOptions,
  ThemeOptions,
} from './options.ts'
export type { RegistrationPolicy, RegistrationRequest } from './clients/registration-policy.ts'
export type { GrantRecord } from './records.ts'
export { listSigningKeys } from './signing-key-states.ts'
export type { SigningKeyState } from './signing-key-states.ts'
export type { Account, PresentedProof, VerifiedAccessToken } from './tokens/token-verifier.ts'
