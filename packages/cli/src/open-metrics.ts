import type { Metrics } from '@portico/telemetry/prometheus'

import type { ServeSettings } from './settings.ts'

/** What is counted for `GET /metrics` of the admin side; without one nothing is, and nothing is loaded for it. */
export async function openMetrics({ admin }: Pick<ServeSettings, 'admin'>): Promise<Metrics | undefined> {
  if (!admin) return undefined
  const { createMetrics } = await import('@portico/telemetry/prometheus')
  const isNode = !('Bun' in globalThis) && !('Deno' in globalThis)
  return createMetrics({ processMetrics: isNode })
}
