import type { AuditEvent, Resource } from '@portico/core'
import type { AnsweredCall, CallEnding, JudgedMessage } from '@portico/mcp'
import type { AccessToken } from '@portico/resource-server'

import type { AuditOptions } from './audit-options.ts'
import { durationClass } from './duration-class.ts'
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

/** How a call ended is told apart by these alone; what the upstream did wrong is a detail. */
const endings: Partial<Record<CallEnding, Pick<AuditEvent, 'outcome' | 'reason'>>> = {
  ok: { outcome: 'success' },
  input_required: { outcome: 'success' },
  tool_error: { outcome: 'failure', reason: 'tool_error' },
  connect_required: { outcome: 'denied', reason: 'connect_required' },
  client_left: { outcome: 'failure', reason: 'client_left' },
}

/** Makes an event of every tool call that is over: how it ended and about how long it took, never what it said. */
export function toolAnswered(resource: Resource, emit: Emit): (call: AnsweredCall) => void {
  return ({ tool, caller, ending, durationMs, requestId }) => {
    const { event, grantId } = callOf(resource, caller, requestId)
    const told = endings[ending] ?? { outcome: 'failure', reason: 'upstream_error' }
    emit({
      name: 'tool.answered',
      ...told,
      ...event,
      detail: { tool: tool.slice(0, 128), grantId, ending, duration: durationClass(durationMs) },
    })
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
