import type { Span } from '@opentelemetry/api'
import type { Observer } from '@portico/gateway'

import { knownMcpMethod } from '../known-methods.ts'

type AuditEvent = Parameters<NonNullable<Observer['event']>>[0]

/** Longer reasons are none of the published codes. */
const maximumReason = 64

/**
 * Writes an audit event to the span of its request: its name, outcome and reason, and which message and tool it is about.
 * Users and clients stay in the audit trail.
 */
export function noteEvent(span: Span, { name, outcome, reason, detail }: AuditEvent): void {
  if (name === 'route.used') {
    const method = detail?.['method']
    if (typeof method === 'string') span.setAttribute('mcp.method.name', knownMcpMethod(method))
    return
  }
  const tool = detail?.['tool']
  if (typeof tool === 'string' && name.startsWith('tool.')) span.setAttribute('gen_ai.tool.name', tool)
  span.addEvent(name, {
    'portico.outcome': outcome,
    ...(reason !== undefined && { 'portico.reason': reason.slice(0, maximumReason) }),
  })
}
