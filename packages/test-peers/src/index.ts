export { type Clock, createClock, systemClock } from './clock.ts'
export { type Fetch, type InjectableFetch, routeByOrigin } from './fetch.ts'
export { createPkce, type Pkce, pkceChallenge, randomToken } from './pkce.ts'

export type { RefusedCookie, SentCookie } from './browser/cookies.ts'
export type { ButtonChoice, FormValue } from './browser/form-submission.ts'
export type { FormButton, FormField, HtmlForm } from './browser/html-forms.ts'
export type { Hop, Page, SubmitOptions } from './browser/page.ts'
export {
  createScriptedBrowser,
  type OpenOptions,
  type ScriptedBrowser,
  type ScriptedBrowserOptions,
} from './browser/scripted-browser.ts'

export { callbackVariants } from './idp/callback-variants.ts'
export type { IdTokenDraft } from './idp/id-token.ts'
export { idTokenVariants } from './idp/id-token-variants.ts'
export type { ClientAuthMethod, IdpClient } from './idp/idp-client.ts'
export type { IdpEndpoint, IdpRequest, IdpUser } from './idp/idp-context.ts'
export type { LoginVariant } from './idp/login-variant.ts'
export { createScriptedIdp, type ScriptedIdp, type ScriptedIdpOptions } from './idp/scripted-idp.ts'
export { signatureVariants } from './idp/signature-variants.ts'
export { createSigningKey, type SigningAlgorithm, type SigningKey } from './idp/signing-key.ts'
export { tokenAnswerVariants } from './idp/token-answer-variants.ts'

export { type Challenge, parseChallenge } from './mcp/challenge.ts'
export type { ClientIdentity } from './mcp/client-identity.ts'
export { type JsonRpcMessage, messagesOf } from './mcp/json-rpc.ts'
export { createKeyHolder, type KeyHolder, type KeyHolderOptions } from './mcp/key-holder.ts'
export type { McpAnswer, McpRequestOptions, McpRequests, ProtocolVersion } from './mcp/mcp-requests.ts'
export type { AuthorizationRequest, OAuthSteps, Overrides, ServerEndpoints } from './mcp/oauth-steps.ts'
export {
  type ConnectOptions,
  createScriptedMcpClient,
  type McpConnection,
  type ScriptedMcpClient,
  type ScriptedMcpClientOptions,
  type Tokens,
} from './mcp/scripted-mcp-client.ts'
export { answerPage, answerPages, type Person } from './mcp/sign-in.ts'

export {
  createScriptedUpstream,
  type ScriptedUpstream,
  type ScriptedUpstreamOptions,
} from './upstream/scripted-upstream.ts'
