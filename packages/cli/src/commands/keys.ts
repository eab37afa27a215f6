import type { Command } from 'commander'

import { counted } from '../counted.ts'
import { writeJson, writeLines } from '../host.ts'
import type { ExitCode, Host } from '../host.ts'
import { generateKey } from '../keyring-file.ts'
import { rotateKeys } from '../rotate-keys.ts'
import type { Rotation } from '../rotate-keys.ts'
import { refusal, withConfiguration } from './with-configuration.ts'

interface RotateOptions {
  readonly config: string
  readonly json?: true
}

/** `portico keys generate` and `portico keys rotate` */
export function addKeysCommand(program: Command, host: Host, finish: (code: ExitCode) => void): void {
  const keys = program.command('keys').description('make the keys that encrypt what is stored')
  keys
    .command('generate')
    .description('print a new key for PORTICO_KEYS')
    .option('--json', 'print JSON')
    .action(({ json }: { readonly json?: true }) => {
      const key = generateKey()
      if (json) writeJson(host.write, { key })
      else host.write(`${key}\n`)
      finish(0)
    })
  keys
    .command('rotate')
    .description(
      'replace the newest key: propose the next PORTICO_KEYS, or re-encrypt what is stored with the newest',
    )
    .option('--config <directory>', 'where policies.json and routes.oas.json are', 'config')
    .option('--json', 'print JSON')
    .action(async (options: RotateOptions) => finish(await rotate(host, options)))
}

function rotate(host: Host, { config, json }: RotateOptions): Promise<ExitCode> {
  return withConfiguration(host, { config }, refusal(host, json), async (configured) => {
    const rotation = await rotateKeys({
      ...configured,
      workingDirectory: host.directory,
      report: ({ done, total }) => host.writeError(`re-encrypted: ${done} of ${total}\n`),
    })
    if (json) writeJson(host.write, rotation)
    else writeLines(host.write, explain(rotation))
    return rotation.step === 'sealed' && rotation.failed > 0 ? 1 : 0
  })
}

function explain(rotation: Rotation): readonly string[] {
  if (rotation.step === 'add') {
    return [
      '# Set on every node first, so that each can decrypt what the others encrypt:',
      `PORTICO_KEYS=${rotation.now}`,
      '# Then set on every node, and run "portico keys rotate" once more:',
      `PORTICO_KEYS=${rotation.afterwards}`,
    ]
  }
  const { place, olderKeys, connections, signIns, failed } = rotation
  const done = `${counted(connections, 'upstream connection')} and the tokens of ${counted(signIns, 'sign-in')}`
  if (failed > 0) {
    return [
      `${counted(failed, 'record')} cannot be decrypted: a key is missing, or something was changed. Re-encrypted: ${done}.`,
      'Put the missing key back behind the newest one and run "portico keys rotate" again. Keep the older keys until then.',
    ]
  }
  return [
    `Stored records are encrypted with the newest key of ${place}, including ${done}.`,
    'Restart gateways that were started without this key: until then they can issue no tokens.',
    ...(olderKeys > 0
      ? [
          'Remove older keys once everything that browsers and clients hold has expired: after the longest session.',
        ]
      : []),
  ]
}
