import { context, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll } from 'vitest'

import { tracingObserver } from '../src/opentelemetry/index.ts'
import { watchedGateway } from './watched-gateway.ts'

/** Registers, for the tests of a file, what an SDK registers. */
export function withContexts(): void {
  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager())
    propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  })
  afterAll(() => {
    context.disable()
    propagation.disable()
  })
}

/** A gateway whose spans are kept. */
export function tracedGateway(
  options: Parameters<typeof watchedGateway>[1] = {},
  reach?: Parameters<typeof watchedGateway>[2],
) {
  const exporter = new InMemorySpanExporter()
  const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const observer = tracingObserver({ tracerProvider, storageSystem: 'memory' })
  return { ...watchedGateway(observer, options, reach), spans: () => exporter.getFinishedSpans() }
}

/** Of the spans that are given; `undefined` for a root. */
export const parentOf = (spans: readonly ReadableSpan[], { parentSpanContext }: ReadableSpan) =>
  spans.find((span) => span.spanContext().spanId === parentSpanContext?.spanId)

export const childrenOf = (spans: readonly ReadableSpan[], parent: ReadableSpan | undefined) =>
  spans.filter((span) => span.parentSpanContext?.spanId === parent?.spanContext().spanId)
