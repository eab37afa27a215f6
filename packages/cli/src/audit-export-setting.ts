/** Where audit records go by OTLP, as OpenTelemetry's own variables say it. */
export interface AuditExportSetting {
  /** With the path. */
  readonly url: string
  /** They may hold secrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
  readonly timeoutMs: number | undefined
}

type Given = (name: string) => string | undefined
type Report = (setting: string, message: string) => void

const switchName = 'PORTICO_AUDIT_OTLP'

/**
 * On where `PORTICO_AUDIT_OTLP` says so, or else where an endpoint for logs alone is named: one that is named for traces
 * should not begin to receive who did what.
 */
export function auditExportSetting(given: Given, report: Report): AuditExportSetting | undefined {
  const wanted = given(switchName)
  if (wanted !== undefined && wanted !== 'on' && wanted !== 'off') {
    report(switchName, 'must be "on" or "off".')
    return undefined
  }
  const ownEndpoint = given('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT')
  const isNamed = ownEndpoint !== undefined && given('OTEL_LOGS_EXPORTER') !== 'none'
  if ((wanted ?? (isNamed ? 'on' : 'off')) === 'off') return undefined
  const name = ownEndpoint === undefined ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'
  const endpoint = given(name)
  if (endpoint === undefined) {
    report(
      switchName,
      'needs an address: set OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, e.g. to "http://collector:4318/v1/logs".',
    )
    return undefined
  }
  checkProtocol(given, report)
  // OTLP: the general endpoint is a base, the one for logs is used as it is.
  const url = addressOf(ownEndpoint === undefined ? `${endpoint.replace(/\/+$/, '')}/v1/logs` : endpoint)
  if (url === undefined) {
    report(
      name,
      'must be an http or https address without user info, e.g. "http://collector:4318". Secrets go into OTEL_EXPORTER_OTLP_HEADERS.',
    )
    return undefined
  }
  const serviceName = given('OTEL_SERVICE_NAME')
  return {
    url,
    headers: {
      ...pairs('OTEL_EXPORTER_OTLP_HEADERS', given, report),
      ...pairs('OTEL_EXPORTER_OTLP_LOGS_HEADERS', given, report),
    },
    resource: {
      ...pairs('OTEL_RESOURCE_ATTRIBUTES', given, report),
      ...(serviceName !== undefined && { 'service.name': serviceName }),
    },
    timeoutMs: timeout(given, report),
  }
}

function addressOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isAddress = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  return isAddress ? url.href : undefined
}

/** Receivers of OTLP over HTTP take both encodings at one address; gRPC has an address of its own. */
function checkProtocol(given: Given, report: Report): void {
  const names = ['OTEL_EXPORTER_OTLP_LOGS_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL']
  const name = names.find((each) => given(each) !== undefined)
  // An endpoint for logs alone is meant for what is spoken here.
  if (name === undefined || given(name) !== 'grpc') return
  if (name === 'OTEL_EXPORTER_OTLP_PROTOCOL' && given('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT') !== undefined)
    return
  report(
    name,
    'is grpc, and audit records are sent over HTTP: set OTEL_EXPORTER_OTLP_LOGS_ENDPOINT to the address for HTTP, e.g. "http://collector:4318/v1/logs", and no protocol for logs.',
  )
}

/** `name=value,name=value`, percent-encoded. What is wrong with it is said without saying it. */
function pairs(name: string, given: Given, report: Report): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const pair of (given(name) ?? '').split(',').filter((each) => each.trim() !== '')) {
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
    const decoded = value === undefined ? undefined : decode(value)
    if (key === undefined || decoded === undefined || (name.endsWith('HEADERS') && !isHeader(key, decoded))) {
      report(name, 'must be pairs like "authorization=Bearer%20…", separated by commas, percent-encoded.')
      return {}
    }
    found[key] = decoded
  }
  return found
}

const isHeader = (key: string, value: string): boolean =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(key) && /^[\t\x20-\x7E]*$/.test(value)

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

function timeout(given: Given, report: Report): number | undefined {
  const names = ['OTEL_EXPORTER_OTLP_LOGS_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT']
  const name = names.find((each) => given(each) !== undefined)
  const value = name && given(name)
  if (name === undefined || value === undefined) return undefined
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value)
  report(name, 'must be milliseconds, e.g. 10000.')
  return undefined
}
