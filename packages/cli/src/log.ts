import type { AuditEvent } from '@portico/core'
import type { ServedRequest } from '@portico/gateway/node'

import type { LogLevel } from './settings.ts'
import { visibleText } from './visible-text.ts'

/** What a running gateway reports. */
export interface Log {
  /** Level `info`, or `error` for failures. */
  event(event: AuditEvent): void
  /** Level `debug`. */
  request(request: ServedRequest): void
  /** Level `error`; with the request during which it happened. */
  error(error: unknown, requestId?: string): void
  /** Level `error`: audit records that wait for their collector, or are lost on the way to it. */
  auditExport(error: Error): void
}

export interface LogOptions {
  readonly level: LogLevel
  /** One JSON object per line, or lines for people. */
  readonly format: 'json' | 'text'
  readonly write: (text: string) => void
  /** Milliseconds. */
  readonly now: () => number
}

type Members = Readonly<Record<string, unknown>>

const ranks: Readonly<Record<LogLevel, number>> = { silent: 0, error: 1, info: 2, debug: 3 }

export function createLog({ level, format, write, now }: LogOptions): Log {
  const line = (of: LogLevel, event: string, members: Members) => {
    if (ranks[of] > ranks[level]) return
    const time = new Date(now()).toISOString()
    write(
      format === 'json'
        ? jsonLine({ time, level: of, event, ...members })
        : textLine(time, of, event, members),
    )
  }
  return {
    event: ({ name, outcome, detail, cause, ...members }) =>
      line(outcome === 'failure' ? 'error' : 'info', name, {
        outcome,
        ...members,
        ...detail,
        ...(cause !== undefined && { causes: causesOf(cause) }),
      }),
    request: (request) => line('debug', 'request', { ...request }),
    error: (error, requestId) => line('error', 'upstream.failed', { requestId, causes: causesOf(error) }),
    auditExport: (error) => line('error', 'audit.export_failed', { causes: causesOf(error) }),
  }
}

/** An error and what is behind it, at most four deep. */
function causesOf(error: unknown): readonly string[] {
  const causes: string[] = []
  for (
    let each = error;
    each !== undefined && causes.length < 4;
    each = each instanceof Error ? each.cause : undefined
  ) {
    causes.push(each instanceof Error ? `${each.name}: ${each.message}` : JSON.stringify(each))
  }
  return causes
}

function jsonLine(members: Members): string {
  return `${JSON.stringify(members)}\n`
}

function textLine(time: string, level: LogLevel, event: string, members: Members): string {
  const pairs = Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'string' && /^[\w.:/@-]+$/.test(value) ? value : visibleText(JSON.stringify(value))}`,
    )
  return `${[time, level.padEnd(5), event, ...pairs].join(' ')}\n`
}

/** For commands that build a gateway only to look at it. */
export const silentLog = createLog({ level: 'silent', format: 'text', write: () => {}, now: () => 0 })
