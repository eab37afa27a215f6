import { mkdirSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import type { AuditOptions } from '@portico/gateway'

import type { AuditSetting } from './audit-setting.ts'

/** Where the setting wants audit records; `undefined` where it wants none. */
export function auditOptions(
  { sink, ...what }: AuditSetting,
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
  mkdirSync(dirname(file), { recursive: true })
  let isBroken = false
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
