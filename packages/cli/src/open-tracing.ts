import process from 'node:process'

import type * as nodeSdk from '@opentelemetry/sdk-node'
import type { Observer } from '@portico/gateway'
import { tracingObserver } from '@portico/telemetry/opentelemetry'

import { optionalPackage } from './optional-package.ts'
import type { StorageSetting } from './storage-setting.ts'
import type { TracingVariables } from './tracing-setting.ts'

/** Traces that are made and sent. */
export interface OpenedTracing {
  readonly observer: Observer
  /** Sends what has not been sent. */
  readonly close: () => Promise<void>
}

/** By OpenTelemetry's names. */
const storageSystems = { sqlite: 'sqlite', postgres: 'postgresql', redis: 'redis', memory: 'memory' } as const

/** What variables are where nobody sets them. The SDK would add the command line to every span, and be silent. */
const defaults: TracingVariables = {
  OTEL_LOG_LEVEL: 'error',
  OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,serviceinstance',
  OTEL_RESOURCE_ATTRIBUTES: 'service.name=portico',
}

/**
 * Starts the official SDK, which reads its variables itself, and registers it in this process.
 *
 * @throws {StartError} naming the command that installs it
 */
export async function openTracing(
  variables: TracingVariables,
  storage: StorageSetting,
  workingDirectory: string,
): Promise<OpenedTracing> {
  const { NodeSDK } = await optionalPackage<typeof nodeSdk>(
    '@opentelemetry/sdk-node',
    workingDirectory,
    'OTEL_*',
  )
  // Some come from files: the SDK knows those of the process alone.
  for (const [name, value] of Object.entries({ ...defaults, ...variables })) process.env[name] ??= value
  const sdk = new NodeSDK({ instrumentations: [], metricReaders: [], logRecordProcessors: [] })
  sdk.start()
  return {
    observer: tracingObserver({ storageSystem: storageSystems[storage.kind] }),
    close: () => sdk.shutdown(),
  }
}
