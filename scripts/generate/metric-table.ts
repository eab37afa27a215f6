import { metricDefinitions } from '../../packages/telemetry/src/prometheus/metric-definitions.ts'
import type { Generator } from './generated-file.ts'
import { markdownTable } from './markdown-table.ts'
import { replaceSection } from './replace-section.ts'

const path = 'docs/operations/observability.md'

/** Every metric, from the table that makes them. */
export const metricTable: Generator = (read) => {
  const rows = Object.values(metricDefinitions).map(({ name, kind, labels, help }) => [
    `\`${name}\``,
    kind,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ])
  const table = markdownTable(['Metric', 'Kind', 'Labels', 'What'], rows)
  return [{ path, content: replaceSection(read(path), 'metrics', table) }]
}
