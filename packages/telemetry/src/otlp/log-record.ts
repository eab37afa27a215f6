/** OTLP's `AnyValue`, as far as audit records need it. */
type AnyValue = { readonly stringValue: string } | { readonly intValue: string }

interface Attribute {
  readonly key: string
  readonly value: AnyValue
}

/** `LogRecord` in OTLP's JSON encoding: 64-bit numbers are texts, members are in camelCase. */
export interface LogRecord {
  readonly timeUnixNano: string
  readonly observedTimeUnixNano: string
  readonly severityNumber: number
  readonly severityText: string
  readonly eventName: string
  readonly body: { readonly stringValue: string }
  readonly attributes: readonly Attribute[]
}

/** A line of the audit trail, as the gateway writes it. */
interface AuditLine {
  readonly chain: string
  readonly sequence: number
  readonly time: string
  readonly event: string
  readonly outcome: string
  readonly traceId?: string
  readonly requestId?: string
  readonly subject?: string
  readonly clientId?: string
  readonly resource?: string
  readonly reason?: string
  readonly detail?: Readonly<Record<string, unknown>>
}

const severities: Readonly<Record<string, readonly [number: number, text: string]>> = {
  success: [9, 'INFO'],
  denied: [13, 'WARN'],
  failure: [17, 'ERROR'],
}

/**
 * An audit record as a log record. The unchanged line is the body, so that the chain can be verified from
 * exported bodies. What one searches for is also an attribute.
 *
 * @param nowMs when it is handed over
 */
export function auditLogRecord(line: string, nowMs: number): LogRecord {
  const { event, time, outcome, sequence, detail = {}, ...members } = JSON.parse(line) as AuditLine
  const attributes: Attribute[] = [
    { key: 'portico.audit.sequence', value: { intValue: String(sequence) } },
    ...texts({
      'portico.audit.chain': members.chain,
      'portico.outcome': outcome,
      'portico.reason': members.reason,
      'portico.trace_id': members.traceId,
      'portico.request_id': members.requestId,
      'portico.client_id': members.clientId,
      'portico.resource': members.resource,
      'user.id': members.subject,
    }),
    ...texts(
      Object.fromEntries(Object.entries(detail).map(([key, value]) => [`portico.detail.${key}`, value])),
    ),
  ]
  const [severityNumber, severityText] = severities[outcome] ?? [9, 'INFO']
  return {
    timeUnixNano: nanoseconds(Date.parse(time)),
    observedTimeUnixNano: nanoseconds(nowMs),
    severityNumber,
    severityText,
    eventName: event,
    body: { stringValue: line },
    attributes,
  }
}

/** What was lost on the way is a record, too: the only one without a place in the chain. */
export function lostRecord(count: number, nowMs: number): LogRecord {
  const [severityNumber = 17, severityText = 'ERROR'] = severities['failure'] ?? []
  return {
    timeUnixNano: nanoseconds(nowMs),
    observedTimeUnixNano: nanoseconds(nowMs),
    severityNumber,
    severityText,
    eventName: 'audit.records_lost',
    body: { stringValue: `${count} audit records were not sent by OTLP.` },
    attributes: [{ key: 'portico.detail.count', value: { intValue: String(count) } }],
  }
}

/** The body of `POST /v1/logs`. */
export function exportRequest(
  resource: Readonly<Record<string, string>>,
  logRecords: readonly LogRecord[],
): string {
  return JSON.stringify({
    resourceLogs: [
      {
        resource: { attributes: texts(resource) },
        scopeLogs: [{ scope: { name: '@portico/telemetry' }, logRecords }],
      },
    ],
  })
}

function texts(members: Readonly<Record<string, unknown>>): readonly Attribute[] {
  return Object.entries(members).flatMap(([key, value]) => {
    if (value === undefined || value === null) return []
    const stringValue = typeof value === 'string' ? value : JSON.stringify(value)
    return [{ key, value: { stringValue } }]
  })
}

const nanoseconds = (ms: number): string => `${ms}000000`
