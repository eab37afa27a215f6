import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

import { listChainHeads, verifyAudit } from '@portico/gateway'
import type { AuditReport, SourceLine } from '@portico/gateway'
import type { Command } from 'commander'

import { counted } from '../counted.ts'
import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { openDeployment } from '../open-deployment.ts'
import type { Configured } from '../prepare.ts'
import { refusal, withConfiguration } from './with-configuration.ts'

interface VerifyOptions {
  readonly config: string
  readonly since?: string
  readonly json?: true
}

/** `portico audit verify` */
export function addAuditCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  program
    .command('audit')
    .description('look at the audit trail')
    .command('verify')
    .argument('[files...]', 'files with audit records, the oldest first; default the one of PORTICO_AUDIT')
    .description('find records that were changed, removed, reordered or cut off at the end')
    .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
    .option('--since <date>', 'records from before this date, e.g. 2026-01-31, were deleted on purpose')
    .option('--json', 'print JSON')
    .action(async (files: readonly string[], options: VerifyOptions) =>
      finish(await verify(host, files, options)),
    )
}

async function verify(host: Host, files: readonly string[], options: VerifyOptions): Promise<ExitCode> {
  const refuse = refusal(host, options.json)
  const since = options.since === undefined ? undefined : Date.parse(options.since) / 1000
  if (Number.isNaN(since)) {
    return refuse([{ setting: '--since', message: 'must be a date or a time. Use "2026-01-31".' }])
  }
  return withConfiguration(host, { config: options.config }, refuse, async (configured) => {
    const sources = files.length > 0 ? files : defaultFiles(configured)
    if (sources.length === 0) {
      return refuse([{ setting: 'files', message: 'are needed, as PORTICO_AUDIT names no file.' }])
    }
    try {
      const report = await verifyFiles(configured, host.directory, sources, since)
      if (options.json) writeJson(host.write, report)
      else writeLines(host.write, explain(report))
      return report.findings.length > 0 ? 1 : 0
    } catch (error) {
      if (!(error instanceof Error && 'path' in error)) throw error
      return refuse([{ setting: String(error.path), message: `cannot be read: ${error.message}.` }])
    }
  })
}

function defaultFiles({ settings: { audit } }: Configured): readonly string[] {
  return audit.sink.kind === 'file' ? [audit.sink.file] : []
}

async function verifyFiles(
  configured: Configured,
  directory: string,
  files: readonly string[],
  since: number | undefined,
): Promise<AuditReport> {
  const { storage, context, close } = await openDeployment(configured, directory)
  try {
    // Asked first: a gateway that is running goes on writing.
    const heads = await listChainHeads(storage)
    const key = await context.auditKey()
    return await verifyAudit({ lines: linesOf(files, directory), key, heads, since })
  } finally {
    await close()
  }
}

async function* linesOf(files: readonly string[], directory: string): AsyncGenerator<SourceLine> {
  for (const file of files) {
    const input = createReadStream(resolve(directory, file), 'utf8')
    // The events of a stream that cannot be opened are lost to the lines, so it is waited for.
    await new Promise<void>((opened, failed) => {
      input.once('open', () => opened())
      input.once('error', failed)
    })
    let line = 0
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line += 1
      yield { file, line, text }
    }
  }
}

function explain({ chains, otherLines, findings }: AuditReport): readonly string[] {
  const records = chains.reduce((sum, chain) => sum + chain.records, 0)
  return [
    ...findings.map(({ kind, chain, file, line, message }) =>
      [file === undefined ? undefined : `${file}:${line}`, `${kind}: chain ${chain}: ${message}`]
        .filter((part) => part !== undefined)
        .join(' '),
    ),
    ...(otherLines > 0 ? [`Lines that are not audit records: ${otherLines}`] : []),
    findings.length === 0
      ? `No record was changed since it was written: ${counted(records, 'record')} in ${counted(chains.length, 'chain')}.`
      : `${counted(findings.length, 'finding')} in ${counted(records, 'record')}.`,
  ]
}
