export type { AuditEvent } from './audit-event.ts'
export type { Context, Requirement, Resource, Settings } from './context.ts'
export { OAuthError, UpstreamError } from './oauth-error.ts'
export type { OAuthErrorCode } from './oauth-error.ts'
