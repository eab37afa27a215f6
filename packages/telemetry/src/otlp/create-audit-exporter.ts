import { auditLogRecord, exportRequest, type LogRecord, lostRecord } from './log-record.ts'
import { sendLogs } from './send-logs.ts'

/** Options of {@link createAuditExporter}. */
export interface AuditExporterOptions {
  /** Where log records go, with the path: `https://collector.example.com/v1/logs`. */
  readonly url: string
  /** For the collector alone, e.g. `{ authorization: 'Bearer …' }`. Never told to anybody else. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Attributes of the resource; `service.name` is `portico` unless they say so. */
  readonly resource?: Readonly<Record<string, string>> | undefined
  /** Told about records that are lost, and once for each time that the collector cannot be reached. */
  readonly onError: (error: Error) => void
  /** Records that wait at most; what comes when it is full is lost, and counted. Default 10,000. */
  readonly queueSize?: number | undefined
  /** Records in one request at most. Default 512. */
  readonly batchSize?: number | undefined
  /** How long records wait for others. Default 1000. */
  readonly delayMs?: number | undefined
  /** Of one request. Default 10,000. */
  readonly timeoutMs?: number | undefined
  /** How long `close` tries. Default 5000. */
  readonly closeMs?: number | undefined
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** Resolves after a time, and at once when `signal` says so. */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined
  /** From 0 to 1, so that several gateways do not ask at the same time. */
  readonly random?: (() => number) | undefined
}

/** Sends audit records to an OpenTelemetry collector. */
export interface AuditExporter {
  /** Takes complete lines, as `audit.write` is given them. Neither waits nor fails. */
  readonly write: (lines: string) => void
  /** Resolves when nothing is waiting, or nothing more could be done in time. */
  readonly close: () => Promise<void>
}

const firstRetryMs = 1000
const longestRetryMs = 60_000
/** Of what a collector asks for. Timers take 25 days at most, and what is longer as no time at all. */
const longestAskedMs = 3_600_000

/**
 * Sends audit records as OpenTelemetry log records, by OTLP over HTTP in JSON: in batches, in order, again for as long as it
 * takes, and never in the way of a request.
 *
 * @throws {TypeError} when `url` is none
 */
export function createAuditExporter(options: AuditExporterOptions): AuditExporter {
  const {
    url,
    headers = {},
    resource = {},
    onError,
    queueSize = 10_000,
    batchSize = 512,
    delayMs = 1000,
    timeoutMs = 10_000,
    closeMs = 5000,
    fetch: send = (where, init) => fetch(where, init),
    now = Date.now,
    wait = waitFor,
    random = Math.random,
  } = options
  checkUrl(url)
  const attributes = { 'service.name': 'portico', ...resource }
  const queue: LogRecord[] = []
  let lost = 0
  let isReported = false
  let running: Promise<void> | undefined
  /** No more waiting for others to fill a batch; and no more waiting at all. */
  const hurry = new AbortController()
  const stop = new AbortController()

  const lose = (count: number, why: string): void => {
    onError(new Error(`${count} audit records are lost on the way to ${originOf(url)}: ${why}`))
  }
  const isWaiting = (): boolean => queue.length + lost > 0
  const nextBatch = (): readonly LogRecord[] => {
    if (lost > 0) {
      queue.unshift(lostRecord(lost, now()))
      lose(lost, 'too many were waiting')
      lost = 0
    }
    return queue.slice(0, batchSize)
  }
  const pauseOf = (failures: number, afterMs: number | undefined): number => {
    const backoff = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10))
    return Math.max(Math.min(afterMs ?? 0, longestAskedMs), backoff * (0.5 + random() / 2))
  }

  const drain = async (): Promise<void> => {
    let failures = 0
    while (isWaiting() && !stop.signal.aborted) {
      if (queue.length < batchSize && failures === 0) await wait(delayMs, hurry.signal)
      const batch = nextBatch()
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(timeoutMs)])
      const result = await sendLogs(
        { url, headers, fetch: send, now },
        exportRequest(attributes, batch),
        signal,
      )
      if (result.kind === 'later') {
        failures += 1
        if (!isReported) {
          isReported = true
          onError(new Error(`audit records wait for ${originOf(url)}: ${result.reason}`))
        }
        await wait(pauseOf(failures, result.afterMs), stop.signal)
        continue
      }
      failures = 0
      isReported = false
      queue.splice(0, batch.length)
      if (result.kind === 'refused') lose(batch.length, result.reason)
      else if (result.rejected > 0) lose(result.rejected, `it rejected them: ${result.reason}`)
    }
  }
  const start = (): void => {
    running ??= drain().finally(() => {
      running = undefined
      if (isWaiting() && !stop.signal.aborted) start()
    })
  }
  const settle = (): Promise<void> => running?.then(settle) ?? Promise.resolve()

  return {
    write(lines) {
      for (const line of lines.split('\n')) {
        if (line === '') continue
        if (queue.length >= queueSize) lost += 1
        else queue.push(auditLogRecord(line, now()))
      }
      start()
    },
    async close() {
      hurry.abort()
      const over = new AbortController()
      const settled = settle()
      await Promise.race([settled, wait(closeMs, over.signal)])
      over.abort()
      stop.abort()
      await settled
      if (isWaiting()) lose(queue.length + lost, 'the gateway has stopped')
      queue.length = 0
      lost = 0
    },
  }
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (
    parsed === undefined ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username !== '' ||
    parsed.password !== ''
  ) {
    throw new TypeError(
      'url must be an http or https address without user info. Use "https://collector.example.com/v1/logs", and headers for secrets.',
    )
  }
}

/** Paths and queries of collectors hold keys sometimes. */
const originOf = (url: string): string => new URL(url).origin

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
    resolve()
  }
  const timer = setTimeout(end, ms)
  if (signal.aborted) end()
  else signal.addEventListener('abort', end)
  return promise
}
