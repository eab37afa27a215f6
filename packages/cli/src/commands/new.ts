import { createProvider, describeCommand, type Flags, processHost } from '@portico/create-provider'
import type { Command } from 'commander'

import { writeJson } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'

interface NewOptions extends Flags {
  readonly json?: true
}

/** `portico new provider acme-id --issuer https://id.acme.com` */
export function addNewCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  const group = program.command('new').description('create something of your own')
  describeCommand(group.command('provider'))
    .description('create a package for an identity provider that Portico does not have')
    .option('--json', 'print JSON, and ask nothing')
    .action(async (id: string | undefined, options: NewOptions) => finish(await start(host, id, options)))
}

async function start(host: Host, id: string | undefined, { json, ...flags }: NewOptions): Promise<ExitCode> {
  const refusals: string[] = []
  const own = {
    ...processHost(),
    ...(!host.isTerminal && { ask: undefined }),
    directory: host.directory,
    write: host.write,
    writeError: host.writeError,
  }
  if (!json) return createProvider(own, id, flags)
  const code = await createProvider(
    {
      ...own,
      ask: undefined,
      write: () => undefined,
      writeError: (text) => refusals.push(text.trim()),
      created: (folder) => writeJson(host.write, { folder, warnings: refusals }),
    },
    id,
    flags,
  )
  if (code !== 0) writeJson(host.writeError, { problems: refusals })
  return code
}
