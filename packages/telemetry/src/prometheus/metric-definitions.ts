/** What a metric counts, and by what. */
export interface MetricDefinition {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

/** Seconds: requests that wait for nobody take milliseconds, tool calls may take a minute. */
export const durationBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** Every metric of a gateway. A name once published never changes; labels have few values, whatever strangers send. */
export const metricDefinitions = {
  requests: {
    name: 'portico_http_requests_total',
    kind: 'counter',
    help: 'Requests that were answered, by the template of their path and the status.',
    labels: ['method', 'route', 'status'],
  },
  requestSeconds: {
    name: 'portico_http_request_duration_seconds',
    kind: 'histogram',
    help: 'Seconds until an answer was over, event streams included.',
    labels: ['method', 'route'],
  },
  openStreams: {
    name: 'portico_open_streams',
    kind: 'gauge',
    help: 'Event streams to clients that are open now.',
    labels: ['route'],
  },
  events: {
    name: 'portico_events_total',
    kind: 'counter',
    help: 'Events of the audit trail, by name, outcome and reason code.',
    labels: ['event', 'outcome', 'reason'],
  },
  upstreamSeconds: {
    name: 'portico_upstream_request_duration_seconds',
    kind: 'histogram',
    help: 'Seconds that requests to MCP upstreams took, by route and status; "none" where there was no answer.',
    labels: ['route', 'status'],
  },
  fetchSeconds: {
    name: 'portico_fetch_duration_seconds',
    kind: 'histogram',
    help: 'Seconds that requests took to identity providers, to documents of clients, and to the authorization servers of upstreams.',
    labels: ['peer', 'provider', 'status'],
  },
  storageSeconds: {
    name: 'portico_storage_operation_duration_seconds',
    kind: 'histogram',
    help: 'Seconds that the verbs of the storage took.',
    labels: ['operation'],
  },
  storageFailures: {
    name: 'portico_storage_failures_total',
    kind: 'counter',
    help: 'Verbs of the storage that failed.',
    labels: ['operation'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>
