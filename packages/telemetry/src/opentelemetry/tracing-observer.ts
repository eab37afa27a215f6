import {
  type Context,
  context,
  propagation,
  type Span,
  SpanStatusCode,
  type TextMapGetter,
  trace,
  type TracerProvider,
} from '@opentelemetry/api'
import type { Activity, Observer, Operation, OperationResult, RequestOperation } from '@portico/gateway'

import { errorType } from '../error-type.ts'
import { noteEvent } from './note-event.ts'
import { spanOf } from './span-of.ts'

/** Options of {@link tracingObserver}. */
export interface TracingOptions {
  /** Makes the spans; default the one that is registered with `@opentelemetry/api`, whenever it is. */
  readonly tracerProvider?: TracerProvider | undefined
  /** What the storage is, as `db.system.name`: `sqlite`, `postgresql`, `redis`. Default `portico`. */
  readonly storageSystem?: string | undefined
}

/**
 * Makes OpenTelemetry spans of what a gateway does: one for each request, and below it one for everything the request
 * consists of. A `traceparent` that comes with a request is the parent; MCP upstreams are sent the span's own.
 *
 * What belongs to which request is known from the context manager that is registered with `@opentelemetry/api`, as SDKs for
 * Node do; without one there are spans of requests alone.
 */
export function tracingObserver(options: TracingOptions = {}): Observer {
  const { tracerProvider = trace, storageSystem = 'portico' } = options
  const tracer = tracerProvider.getTracer('@portico/telemetry')
  return {
    begin(operation) {
      const parent = operation.kind === 'request' ? parentOf(operation) : context.active()
      // What no request asked for would be a trace of its own: sweeps, and what is read at the start.
      if (operation.kind !== 'request' && trace.getSpan(parent) === undefined) return undefined
      const { name, ...start } = spanOf(operation, storageSystem)
      const span = tracer.startSpan(name, start, parent)
      return activityOf(operation, span, trace.setSpan(parent, span))
    },
    event(event) {
      const span = trace.getActiveSpan()
      if (span) noteEvent(span, event)
    },
  }
}

/** The span of a host that has one already, or of who sent the request. */
function parentOf({ header }: RequestOperation): Context {
  const active = context.active()
  return trace.getSpan(active) ? active : propagation.extract(active, header, fromHeaders)
}

/** Of what a stranger sends, only the trace is of interest: no baggage. */
const traceHeaders = ['traceparent', 'tracestate'] as const
const fromHeaders: TextMapGetter<RequestOperation['header']> = {
  keys: () => [...traceHeaders],
  get: (header, key) => (traceHeaders.some((name) => name === key) ? header(key) : undefined),
}

function activityOf({ kind }: Operation, span: Span, own: Context): Activity {
  return {
    run: (work) => context.with(own, work),
    headers() {
      const carrier: Record<string, string> = {}
      propagation.inject(own, carrier)
      return Object.fromEntries(
        traceHeaders.flatMap((name) => {
          const value = carrier[name]
          return value === undefined ? [] : [[name, value]]
        }),
      )
    },
    end(result) {
      end(span, result, kind === 'request' ? 500 : 400)
    },
  }
}

/** A server fails from 500 on, a client from 400 on (OpenTelemetry's conventions for HTTP). */
function end(span: Span, { status, error }: OperationResult, failsFrom: number): void {
  if (status !== undefined) span.setAttribute('http.response.status_code', status)
  const failure = error === undefined ? (status ?? 0) >= failsFrom && String(status) : errorType(error)
  if (failure !== false) {
    span.setAttribute('error.type', failure)
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}
