import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import type { AuditOptions } from '@portico/gateway'
import { type AuditExporter, createAuditExporter } from '@portico/telemetry/otlp'

import type { AuditSetting } from './audit-setting.ts'
import { StartError } from './start-error.ts'

/** What an audit trail needs while the gateway runs. */
export interface OpenedAudit {
  readonly options: AuditOptions
  /** Sends what is still to be sent. */
  readonly close: () => Promise<void>
}

/**
 * Opens everything that the setting wants audit records to go to; `undefined` where it wants none.
 *
 * @param onError told about records that are lost on their way to a collector
 */
export function openAudit(
  setting: AuditSetting,
  surroundings: Parameters<typeof auditOptions>[1],
  onError: (error: Error) => void,
): OpenedAudit | undefined {
  const { otlp, arguments: shown, redact } = setting
  const local = auditOptions(setting, surroundings)
  if (!otlp) return local && { options: local, close: () => Promise.resolve() }
  const exporter = createAuditExporter({ ...otlp, onError })
  const options = local ?? { arguments: shown, redact, write: () => undefined }
  return {
    options: { ...options, write: then(options.write, exporter) },
    close: () => exporter.close(),
  }
}

/** What could not be written here is offered again, and must not be sent twice. */
const then =
  (write: AuditOptions['write'], exporter: AuditExporter): AuditOptions['write'] =>
  async (lines) => {
    await write(lines)
    exporter.write(lines)
  }

/** Where the setting wants audit records on this machine; `undefined` where it wants none. */
export function auditOptions(
  { sink, otlp: _otlp, ...what }: AuditSetting,
  {
    workingDirectory,
    write = (text) => process.stdout.write(text),
  }: { readonly workingDirectory: string; readonly write?: ((text: string) => unknown) | undefined },
): AuditOptions | undefined {
  switch (sink.kind) {
    case 'off':
      return undefined
    case 'stdout':
      return { ...what, write: (lines) => void write(lines) }
    case 'file':
      return { ...what, write: appendTo(resolve(workingDirectory, sink.file)) }
  }
}

/** The file is opened anew for every write, so that it may be moved away for rotation at any time. */
function appendTo(file: string): AuditOptions['write'] {
  proveWritable(file)
  let isBroken = endsWithinLine(file)
  return async (lines) => {
    try {
      // What a failed write left behind must not swallow the next line.
      await appendFile(file, isBroken ? `\n${lines}` : lines, { mode: 0o600, flush: true })
      isBroken = false
    } catch (error) {
      isBroken = true
      throw error
    }
  }
}

/** An audit trail that cannot be written is found out before there is anything to be written to it. */
function proveWritable(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    const found = statSync(file, { throwIfNoEntry: false })
    // Pipes would wait for their reader.
    if (found === undefined || found.isFile() || found.isDirectory()) closeSync(openSync(file, 'a', 0o600))
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no error code'
    const message = `${file} cannot be written (${code}). Name a file that this user may write, e.g. "file:data/audit.jsonl".`
    throw new StartError([{ setting: 'PORTICO_AUDIT', message }], { cause })
  }
}

/** Whether a process that crashed, or a disk that was full, left half a line there. */
function endsWithinLine(file: string): boolean {
  const found = statSync(file, { throwIfNoEntry: false })
  if (!found?.isFile() || found.size === 0) return false
  const handle = openSync(file, 'r')
  try {
    const last = Buffer.alloc(1)
    readSync(handle, last, 0, 1, found.size - 1)
    return last.toString('latin1') !== '\n'
  } finally {
    closeSync(handle)
  }
}
