import { createProviderProbe } from '@portico/core'
import { memoryStorage } from '@portico/storage'
import type { Command } from 'commander'

import { diagnoseProvider } from '../doctor/diagnose-provider.ts'
import type { Finding } from '../doctor/finding.ts'
import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { generateKey } from '../keyring-file.ts'
import { silentLog } from '../log.ts'
import { formatProblem, prepare } from '../prepare.ts'
import type { Prepared, Problem } from '../prepare.ts'
import { StartError } from '../start-error.ts'
import { buildGateway } from '../start-gateway.ts'

interface DoctorOptions {
  readonly config: string
  readonly json?: true
}

interface ProviderFinding extends Finding {
  /** Id of the provider. */
  readonly provider: string
}

/** `portico doctor` */
export function addDoctorCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .description(
      'ask the identity providers whether logins will work: addresses, keys, redirect URI, client, clock',
    )
    .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
    .option('--json', 'print JSON')
    .action(async (options: DoctorOptions) => finish(await examine(host, options)))
}

async function examine(host: Host, { config, json }: DoctorOptions): Promise<ExitCode> {
  const prepared = await prepare(host, { config })
  const refuse = (problems: readonly Problem[]): ExitCode => {
    if (json) writeJson(host.write, { problems, findings: [] })
    else writeLines(host.writeError, problems.map(formatProblem))
    return 1
  }
  if (prepared.problems.length > 0) return refuse(prepared.problems)
  let findings: readonly ProviderFinding[]
  try {
    findings = await findingsOf(prepared)
  } catch (error) {
    if (error instanceof StartError) return refuse(error.problems)
    throw error
  }
  if (json) writeJson(host.write, { problems: [], findings })
  else writeLines(host.write, findings.map(line))
  return findings.some(({ status }) => status === 'problem') ? 1 : 0
}

async function findingsOf({
  config,
  settings,
  fetch,
  trustedFetch,
}: Prepared): Promise<readonly ProviderFinding[]> {
  if (!config) return []
  const gateway = buildGateway({
    config,
    settings,
    fetch,
    log: silentLog,
    storage: memoryStorage(),
    keys: settings.keys ?? [generateKey()],
  })
  const publicUrl = settings.publicUrl ?? `http://localhost:${settings.port}`
  const context = gateway.originFor(new URL(publicUrl).host)?.server.context
  if (!context) return []
  const groups = await Promise.all(
    config.providers.map(async (provider) => {
      const timeout = () => AbortSignal.timeout(provider.settings.remoteTimeoutMs)
      const findings = await diagnoseProvider({
        provider,
        probe: createProviderProbe(context, provider),
        fetch: trustedFetch,
        open: (url) =>
          globalThis.fetch(url, { redirect: 'manual', signal: timeout(), headers: { accept: 'text/html' } }),
        now: context.now,
      })
      return findings.map((finding) => ({ provider: provider.id, ...finding }))
    }),
  )
  return groups.flat()
}

function line({ provider, check, status, message, remedy }: ProviderFinding): string {
  return `${status.padEnd(7)} ${provider} ${check}: ${remedy === undefined ? message : `${message} ${remedy}`}`
}
