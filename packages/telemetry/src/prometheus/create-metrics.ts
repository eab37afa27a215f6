import type { Observer, Operation, OperationResult } from '@portico/gateway'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

import { knownHttpMethod } from '../known-methods.ts'
import { boundedValues } from './bounded-values.ts'
import { durationBuckets, type MetricDefinition, metricDefinitions } from './metric-definitions.ts'

/** Options of {@link createMetrics}. */
export interface MetricsOptions {
  /** Adds prom-client's own metrics of the process: memory, CPU, event loop. For Node; default `false`. */
  readonly processMetrics?: boolean | undefined
  /** Milliseconds of a clock that only goes ahead; default the runtime's. */
  readonly now?: (() => number) | undefined
}

/** Counts what it observes, and says so in Prometheus' text format. */
export interface Metrics {
  /** For `observer` of `createGateway`. */
  readonly observer: Observer
  /** Of `text`: `Content-Type` of the answer to `GET /metrics`. */
  readonly contentType: string
  /** Everything counted so far. Holds no secrets, but says how the gateway is used: keep it from strangers. */
  readonly text: () => Promise<string>
}

/** More reasons than are published, so that codes of upstreams have a place, too. */
const maximumReasons = 200

/** Prometheus metrics of one gateway, in a registry of their own. */
export function createMetrics({
  processMetrics = false,
  now = () => performance.now(),
}: MetricsOptions = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const counter = ({ name, help, labels }: MetricDefinition) =>
    new Counter({ name, help, labelNames: labels, registers })
  const histogram = ({ name, help, labels }: MetricDefinition) =>
    new Histogram({ name, help, labelNames: labels, registers, buckets: durationBuckets })
  const { openStreams } = metricDefinitions
  const streams = new Gauge({ ...openStreams, labelNames: openStreams.labels, registers })
  const requests = counter(metricDefinitions.requests)
  const requestSeconds = histogram(metricDefinitions.requestSeconds)
  const events = counter(metricDefinitions.events)
  const upstreamSeconds = histogram(metricDefinitions.upstreamSeconds)
  const fetchSeconds = histogram(metricDefinitions.fetchSeconds)
  const storageSeconds = histogram(metricDefinitions.storageSeconds)
  const storageFailures = counter(metricDefinitions.storageFailures)
  if (processMetrics) collectDefaultMetrics({ register: registry })
  const reasonOf = boundedValues(maximumReasons)

  const count = (operation: Operation, { status, error }: OperationResult, seconds: number): void => {
    const answered = String(status ?? 'none')
    switch (operation.kind) {
      case 'request': {
        const method = knownHttpMethod(operation.method)
        const { route = 'none' } = operation
        requests.inc({ method, route, status: answered })
        return requestSeconds.observe({ method, route }, seconds)
      }
      case 'upstream':
        return upstreamSeconds.observe({ route: operation.route, status: answered }, seconds)
      case 'fetch': {
        const { to: peer, provider = 'none' } = operation
        return fetchSeconds.observe({ peer, provider, status: answered }, seconds)
      }
      case 'storage':
        if (error !== undefined) storageFailures.inc({ operation: operation.verb })
        return storageSeconds.observe({ operation: operation.verb }, seconds)
    }
  }

  return {
    observer: {
      begin(operation) {
        const start = now()
        return {
          run: (work) => work(),
          end: (result) => count(operation, result, (now() - start) / 1000),
        }
      },
      event({ name, outcome, reason }) {
        if (name === 'route.used') return
        events.inc({ event: name, outcome, reason: reason === undefined ? 'none' : reasonOf(reason) })
      },
      streams: (route, change) => streams.inc({ route }, change),
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}
