import type { AccessSelection } from '@portico/core'
import type { Command } from 'commander'

import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { revokeAccess } from '../revoke-access.ts'
import type { Revocation } from '../revoke-access.ts'
import { refusal, withConfiguration } from './with-configuration.ts'

interface RevokeOptions {
  readonly config: string
  readonly user?: string
  readonly client?: string
  readonly before?: string
  readonly json?: true
}

/** `portico revoke` */
export function addRevokeCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  program
    .command('revoke')
    .description('end the access of a user, of a client, or of everybody up to a time')
    .option('--user <subject>', 'the user, as "subject" in the audit trail: also ends sessions')
    .option('--client <id>', 'the client, alone or of that user')
    .option('--before <time>', 'only what was created up to then: "2026-08-01T12:00:00Z" or Unix seconds')
    .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
    .option('--json', 'print JSON')
    .action(async (options: RevokeOptions) => finish(await revoke(host, options)))
}

async function revoke(host: Host, options: RevokeOptions): Promise<ExitCode> {
  const refuse = refusal(host, options.json)
  const { user, client, before } = options
  if (user === undefined && client === undefined && before === undefined) {
    return refuse([{ setting: 'revoke', message: 'needs --user, --client or --before.' }], 2)
  }
  const time = before === undefined ? undefined : parseTime(before)
  if (time !== undefined && Number.isNaN(time)) {
    const message = `"${before}" is not a time. Use "2026-08-01T12:00:00Z" or Unix seconds.`
    return refuse([{ setting: '--before', message }], 2)
  }
  const selection: AccessSelection = { subject: user, clientId: client, before: time }
  return withConfiguration(host, { config: options.config }, refuse, async (configured) => {
    const done = await revokeAccess(configured, host.directory, selection)
    if (options.json) writeJson(host.write, done)
    else writeLines(host.write, [explain(done, selection)])
    return 0
  })
}

function parseTime(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Math.floor(Date.parse(text) / 1000)
}

function explain(
  { grants, sessions, seenWithinSeconds }: Revocation,
  { subject, clientId, before }: AccessSelection,
): string {
  const seen = `A running gateway sees it within ${seenWithinSeconds} seconds.`
  if (grants === undefined) {
    const what = clientId === undefined ? 'Everything' : `What users allowed the client "${clientId}"`
    return `${what} up to ${before === undefined ? 'now' : 'that time'} is revoked. ${seen}`
  }
  if (grants === 0 && !sessions) {
    return `Found nothing to end for "${subject}". --user takes the subject, as in the audit trail and in access tokens, not an e-mail address or a name.`
  }
  const ended = sessions === undefined ? '' : `, sessions: ${sessions}`
  return `Ended grants: ${grants}${ended}. ${seen}`
}
