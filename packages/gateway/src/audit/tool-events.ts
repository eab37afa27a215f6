import type { AuditEvent, Resource } from '@portico/core'
import type { JudgedMessage } from '@portico/mcp'
import type { AccessToken } from '@portico/resource-server'

import type { AuditOptions } from './audit-options.ts'
import { redactArguments } from './redact-arguments.ts'

type Emit = (event: AuditEvent) => void

/** Who uses what by which grant: members that every event of a route has. */
function callOf(
  resource: Resource,
  { subject, clientId, claims }: JudgedMessage['caller'],
  requestId: string | undefined,
) {
  const traceId = typeof claims?.['traceId'] === 'string' ? claims['traceId'] : undefined
  const grantId = typeof claims?.['grantId'] === 'string' ? claims['grantId'] : undefined
  return { event: { traceId, requestId, subject, clientId, resource: resource.url }, grantId }
}

/** Makes an event of every tool call, and of none of the other messages. */
export function toolEvents(
  resource: Resource,
  emit: Emit,
  { arguments: shown = 'off', redact }: Pick<AuditOptions, 'arguments' | 'redact'> = {},
): (message: JudgedMessage) => void {
  return ({ method, params, caller, verdict, requestId }) => {
    if (method !== 'tools/call') return
    const { event, grantId } = callOf(resource, caller, requestId)
    const tool = typeof params?.['name'] === 'string' ? params['name'].slice(0, 128) : ''
    const detail = {
      tool,
      grantId,
      ...(shown === 'redacted' && { arguments: redactArguments(params?.['arguments'] ?? {}, redact) }),
    }
    if (verdict === 'allow' || verdict === 'replace') {
      emit({ name: 'tool.called', outcome: 'success', ...event, detail })
    } else {
      const reason = verdict === 'challenge' ? 'insufficient_scope' : 'policy'
      emit({ name: 'tool.denied', outcome: 'denied', ...event, reason, detail })
    }
  }
}

/** A token that is valid and lacks every scope of the route. */
export function accessDenied(
  resource: Resource,
  emit: Emit,
  token: AccessToken,
  requestId: string | undefined,
): void {
  const { event, grantId } = callOf(resource, token, requestId)
  const detail = { grantId, scope: token.scopes.join(' ') }
  emit({ name: 'access.denied', outcome: 'denied', ...event, reason: 'insufficient_scope', detail })
}

/** A message of a client that has a valid token; of use to a trace alone. */
export function routeUsed(resource: Resource, { method, caller, requestId }: JudgedMessage): AuditEvent {
  const { event, grantId } = callOf(resource, caller, requestId)
  return {
    name: 'route.used',
    outcome: 'success',
    ...event,
    detail: { grantId, method: method.slice(0, 64) },
  }
}

/** A call that needs an upstream account which its user has not connected, or has to connect again. */
export function connectionRequired(
  resource: Resource,
  emit: Emit,
  caller: JudgedMessage['caller'],
  {
    upstream,
    state,
    requestId,
  }: { readonly upstream: string; readonly state: string; readonly requestId: string | undefined },
): void {
  const { event, grantId } = callOf(resource, caller, requestId)
  emit({
    name: 'connection.required',
    outcome: 'denied',
    ...event,
    reason: state,
    detail: { upstream, grantId },
  })
}
