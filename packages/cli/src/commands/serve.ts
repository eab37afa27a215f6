import type { Command } from 'commander'

import { writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { createLog } from '../log.ts'
import { formatProblem } from '../prepare.ts'
import type { Configured } from '../prepare.ts'
import { startGateway } from '../start-gateway.ts'
import type { StartedGateway } from '../start-gateway.ts'
import { refusal, withConfiguration } from './with-configuration.ts'

interface ServeOptions {
  readonly config: string
  readonly port?: string
  readonly host?: string
  readonly json?: true
}

/** `portico serve` */
export function addServeCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  program
    .command('serve')
    .description('run the gateway until it is told to stop')
    .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
    .option('--port <number>', 'port to listen on; default PORTICO_PORT, or 9000')
    .option(
      '--host <address>',
      'address to listen on; default this machine alone, or all with PORTICO_PUBLIC_URL on https',
    )
    .option('--json', 'print JSON: what was started on one line, then one line for each event')
    .action(async (options: ServeOptions) => {
      const { config, port, json } = options
      const code = await withConfiguration(host, { config, port }, refusal(host, json), (configured) =>
        serveUntilStopped(host, configured, options),
      )
      finish(code)
    })
}

async function serveUntilStopped(
  host: Host,
  { config, settings, fetch, warnings }: Configured,
  { host: address, json }: ServeOptions,
): Promise<ExitCode> {
  const isJson = json ?? !host.isTerminal
  const log = createLog({
    level: settings.logLevel,
    format: isJson ? 'json' : 'text',
    write: host.write,
    now: Date.now,
  })
  const started = await startGateway({
    config,
    settings,
    fetch,
    log,
    write: host.write,
    workingDirectory: host.directory,
    hosts: address === undefined ? undefined : [address],
  })
  const { close, ...facts } = started
  const allWarnings = [...warnings, ...started.warnings]
  if (json) host.write(`${JSON.stringify({ event: 'started', ...facts, warnings: allWarnings })}\n`)
  else {
    writeLines(host.write, summary(started))
    writeLines(
      host.writeError,
      allWarnings.map((warning) => `warning: ${formatProblem(warning)}`),
    )
  }
  await host.untilStopped()
  await close()
  return 0
}

function summary({
  publicUrl,
  routes,
  redirectUris,
  storage,
  keys,
  admin,
}: StartedGateway): readonly string[] {
  return [
    `Portico serves ${publicUrl}`,
    '',
    'MCP endpoints:',
    ...routes.map(({ url, upstream }) => `  ${url} -> ${upstream}`),
    'Redirect URIs to register at the identity providers:',
    ...redirectUris.map(({ provider, url }) => `  ${provider}: ${url}`),
    'Metadata:',
    `  ${publicUrl}/.well-known/oauth-authorization-server`,
    `Storage: ${storage}`,
    `Keys: ${keys}`,
    ...(admin === undefined ? [] : [`Admin: ${admin}`]),
    '',
  ]
}
