import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

import { Miniflare } from 'miniflare'
import { rolldown } from 'rolldown'

/** What a Worker is given. */
export interface WorkerOptions {
  /** Settings and secrets. */
  readonly bindings: Readonly<Record<string, string>>
  /** Names of the bindings, with the class of each. */
  readonly durableObjects: Readonly<Record<string, string>>
  /** Default 2026-01-01. */
  readonly compatibilityDate?: string
  /** Whether our packages are bundled from their source, which is the default, or as they are built and published. */
  readonly from?: 'source' | 'built'
}

export interface RunningWorker {
  /** e.g. `http://127.0.0.1:49152` */
  readonly origin: string
  close(): Promise<void>
}

/** Bundles a Worker as its author would, and runs it in workerd on a free port. */
export async function startWorker(entry: URL, options: WorkerOptions): Promise<RunningWorker> {
  const bundle = await rolldown({
    input: fileURLToPath(entry),
    resolve: {
      conditionNames: [
        ...(options.from === 'built' ? [] : ['@portico/source']),
        'workerd',
        'worker',
        'import',
      ],
    },
    logLevel: 'silent',
  })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  await bundle.close()
  const workerd = new Miniflare({
    modules: true,
    script: output[0].code,
    compatibilityDate: options.compatibilityDate ?? '2026-01-01',
    host: '127.0.0.1',
    port: 0,
    bindings: options.bindings,
    durableObjects: Object.fromEntries(
      Object.entries(options.durableObjects).map(([binding, className]) => [
        binding,
        { className, useSQLite: true },
      ]),
    ),
  })
  const { port } = await workerd.ready
  return { origin: `http://127.0.0.1:${port}`, close: () => workerd.dispose() }
}

/** Of the workerd that Miniflare brings. */
export function workerdVersion(): string {
  const fromMiniflare = createRequire(createRequire(import.meta.url).resolve('miniflare'))
  return (fromMiniflare('workerd/package.json') as { readonly version: string }).version
}
