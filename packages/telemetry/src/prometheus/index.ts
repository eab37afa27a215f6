export { createMetrics } from './create-metrics.ts'
export type { Metrics, MetricsOptions } from './create-metrics.ts'
export { metricDefinitions } from './metric-definitions.ts'
export type { MetricDefinition } from './metric-definitions.ts'
