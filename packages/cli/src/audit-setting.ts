import { dirname, join } from 'node:path'

import { type AuditExportSetting, auditExportSetting } from './audit-export-setting.ts'
import type { StorageSetting } from './storage-setting.ts'

/** What `PORTICO_AUDIT` and its like say. */
export interface AuditSetting {
  readonly sink:
    | { readonly kind: 'off' }
    | { readonly kind: 'stdout' }
    /** Relative to the working directory. */
    | { readonly kind: 'file'; readonly file: string }
  /** Beside the sink; absent where nothing is sent. */
  readonly otlp: AuditExportSetting | undefined
  readonly arguments: 'off' | 'redacted'
  /** Arguments whose values are never written. */
  readonly redact: readonly string[]
}

type Report = (setting: string, message: string) => void

/** Without `PORTICO_AUDIT`: a file beside a SQLite database, and none with any other storage. */
export function auditSetting(
  given: (name: string) => string | undefined,
  storage: StorageSetting,
  report: Report,
): AuditSetting {
  return {
    sink: sinkSetting(given('PORTICO_AUDIT'), storage, report),
    otlp: auditExportSetting(given, report),
    arguments: argumentsSetting(given('PORTICO_AUDIT_ARGUMENTS'), report),
    redact:
      given('PORTICO_AUDIT_REDACT')
        ?.split(/[\s,]+/)
        .filter((name) => name !== '') ?? [],
  }
}

function sinkSetting(
  value: string | undefined,
  storage: StorageSetting,
  report: Report,
): AuditSetting['sink'] {
  if (value === undefined) {
    return storage.kind === 'sqlite'
      ? { kind: 'file', file: join(dirname(storage.file), 'audit.jsonl') }
      : { kind: 'off' }
  }
  if (value === 'off' || value === 'stdout') return { kind: value }
  const file = /^file:(?:\/\/)?(.+)$/.exec(value)?.[1]
  if (file !== undefined) return { kind: 'file', file }
  report('PORTICO_AUDIT', 'must be "file:" and a file, "stdout" or "off". Use "file:data/audit.jsonl".')
  return { kind: 'off' }
}

function argumentsSetting(value: string | undefined, report: Report): AuditSetting['arguments'] {
  if (value === undefined || value === 'off') return 'off'
  if (value === 'redacted') return value
  report('PORTICO_AUDIT_ARGUMENTS', 'must be "off" or "redacted".')
  return 'off'
}
