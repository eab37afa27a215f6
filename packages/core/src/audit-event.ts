import type { JsonValue } from '@portico/storage'

/** Something that happened and that an auditor asks about later. Names and members are stable; never a secret in them. */
export interface AuditEvent {
  /** Stable: one of `authorizationEvents`, or an event of the host. */
  readonly name: string
  readonly outcome: 'success' | 'denied' | 'failure'
  /** Joins the events of one authorization attempt. */
  readonly traceId?: string | undefined
  /** The request during which it happened, as `X-Request-Id` names it; absent where none, or several, led to it. */
  readonly requestId?: string | undefined
  readonly subject?: string | undefined
  readonly clientId?: string | undefined
  readonly resource?: string | undefined
  /** Stable code of the reason, when the outcome is not `success`. */
  readonly reason?: string | undefined
  /** The error behind a failure, for the operator's log only. */
  readonly cause?: unknown
  readonly detail?: Readonly<Record<string, JsonValue | undefined>>
}
